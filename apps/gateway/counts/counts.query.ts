import { z } from 'zod';

import { type Count, type CountedList, type Page, type PageQuery } from '#libs/api';
import { type Sql } from '#libs/db';
import { type CountedKind } from '#libs/events';

import { cursorNumber, cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';

interface Row {
  readonly key: string;
  /** The whole key, where `key` is cut. */
  readonly full_key: string | null;
  readonly count: number;
  readonly posts: number;
  readonly type: string | null;
}

const kinds: Readonly<Record<CountedList, CountedKind>> = {
  hashtags: 'hashtag',
  mentions: 'mention',
  urls: 'url',
  domains: 'domain',
  media: 'media',
  languages: 'language',
  sources: 'source',
};

/** The first column of each file. */
const keyColumn: Readonly<Record<CountedList, string>> = {
  hashtags: 'hashtag',
  mentions: 'screen_name',
  urls: 'url',
  domains: 'domain',
  media: 'url',
  languages: 'language',
  sources: 'source',
};

const cursorKey = z.tuple([cursorNumber, cursorText]);

/** A list of keys with how often each occurs, the most frequent first, then by code point. */
export function countsList(list: CountedList): List<Count> {
  const kind = kinds[list];
  const isMedia = list === 'media';
  return {
    file: `count-${list}`,
    // `file` names the downloaded file of a medium; media are not downloaded yet.
    columns: isMedia ? ['url', 'file', 'count'] : [keyColumn[list], 'count'],
    async page(sql, collection, query) {
      const page = await readPage(sql, { collection, kind, list, query });
      const forms = await readForms(sql, collection, kind, page.items);
      return {
        next: page.next,
        items: page.items.map(({ key, full_key, count, posts, type }) => ({
          key: full_key ?? key,
          display: forms.get(key) ?? full_key ?? key,
          count,
          posts,
          ...(isMedia && type !== null && { type }),
        })),
      };
    },
    async *records(sql, collection) {
      const statement = `select coalesce(full_key, key) as key, count from counters where collection = $1 and kind = $2
        order by count desc, counters.key`;
      for await (const rows of batches<Row>(sql, statement, [collection, kind])) {
        yield rows.map(({ key, count }) => (isMedia ? [key, '', count] : [key, count]));
      }
    },
  };
}

interface PageRequest {
  readonly collection: string;
  readonly kind: CountedKind;
  readonly list: CountedList;
  readonly query: PageQuery;
}

/** Served by counters_by_magnitude: only keys of the same order of magnitude are sorted. */
async function readPage(
  sql: Sql,
  { collection, kind, list, query: { limit, cursor } }: PageRequest,
): Promise<Page<Row>> {
  const [count, key] = decodeCursor(list, cursorKey, cursor) ?? [null, null];
  const rows = await sql<Row>(
    `select key, full_key, count, posts, type from counters
     where collection = $1 and kind = $2
       and magnitude <= coalesce((ln($3::float8) * 1.4426950408889634)::smallint, 32767)
       and ($3::bigint is null or count < $3 or (count = $3 and key > $4))
     order by magnitude desc, count desc, key limit $5`,
    [collection, kind, count, key, limit + 1],
  );
  return pageFrom(rows, limit, (last) => encodeCursor(list, [last.count, last.key]));
}

/** How each key is most often written. Served by the primary key of forms, key by key. */
async function readForms(
  sql: Sql,
  collection: string,
  kind: CountedKind,
  rows: readonly Row[],
): Promise<Map<string, string>> {
  if (rows.length === 0 || (kind !== 'hashtag' && kind !== 'mention')) return new Map();
  const forms = await sql<{ key: string; form: string }>(
    `select distinct on (key) key, form from forms where collection = $1 and kind = $2 and key = any($3)
     order by key, count desc, form`,
    [collection, kind, rows.map(({ key }) => key)],
  );
  return new Map(forms.map(({ key, form }) => [key, form]));
}
