import { type Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';

import { type Page, type PageQuery } from '#libs/api';
import { type Sql } from '#libs/db';

import { type CollectionHead, requireCollection } from '../collections/collections.query.js';
import { type Cell, csvText } from './csv.js';
import { type Asked, type ListQuery, wantedFormat } from './list-query.js';
import { Live } from './live.js';

/** A list of a collection as a file. */
export interface FileList {
  /** Of the file, without the collection's name and the ending. */
  readonly file: string;
  /** Names of the file's columns, null for a file without a first line. */
  readonly columns: readonly string[] | null;
  /** All rows, in batches. */
  records(sql: Sql, collection: string): AsyncIterable<readonly (readonly Cell[])[]>;
}

/** A list of a collection: as pages of JSON, and whole as a file. */
export interface List<Row> extends FileList {
  page(sql: Sql, collection: string, query: PageQuery): Promise<Page<Row>>;
}

/** Answers every list of a collection in the same way. */
@Injectable()
export class ListAnswer {
  constructor(@Inject(Live) private readonly live: Live) {}

  async answer<Row>(list: List<Row>, asked: Asked<ListQuery>): Promise<Page<Row> | Readable> {
    const { collection, query, request, reply } = asked;
    if (wantedFormat(request.headers.accept) !== 'json') return this.file(list, asked);
    reply.header('vary', 'accept');
    return this.live.read(async (sql, { pending }) => {
      await requireCollection(sql, collection, pending);
      return list.page(sql, collection, query);
    });
  }

  async file(list: FileList, { collection, query, request, reply }: Asked<ListQuery>): Promise<Readable> {
    const spreadsheet = query.profile === 'spreadsheet';
    const format = wantedFormat(request.headers.accept);
    return this.live.stream(async (sql, { pending }) => {
      const head = await requireCollection(sql, collection, pending);
      reply.headers({
        vary: 'accept',
        'content-type': `text/${format === 'csv' ? 'csv' : 'plain'}; charset=utf-8`,
        'content-disposition': disposition(`${fileName(head)}-${list.file}.${format}`),
      });
      return csvText(list.records(sql, collection), { columns: list.columns, spreadsheet });
    });
  }
}

/** What comes from a simulation says so in the name of every file. */
function fileName({ name, origin }: CollectionHead): string {
  const words = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
  return [words === '' ? 'collection' : words, ...(origin === 'simulated' ? ['simulated'] : [])].join('-');
}

/** RFC 6266: the name in ASCII for old clients, and in full. */
function disposition(file: string): string {
  const ascii = file
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .replaceAll(/["\\]/g, '');
  const full = encodeURIComponent(file).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}
