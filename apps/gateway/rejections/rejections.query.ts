import { z } from 'zod';

import { type Rejection } from '#libs/api';
import { type Sql } from '#libs/db';
import { type RawPlace } from '#libs/events';

import { cursorNumber, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';

interface Row extends Omit<Rejection, 'id' | 'receivedAt'> {
  readonly partition: number;
  readonly rawOffset: number;
  readonly receivedAt: Date;
}

const cursorKey = z.tuple([cursorNumber, cursorNumber]);
const open = `select r.raw_partition as partition, r.raw_offset as "rawOffset", coalesce(s.name, '') as file, r.line,
    r.byte_offset as "offset", r.reason, r.detail, r.excerpt, r.bytes, r.received_at as "receivedAt"
  from rejections r left join sources s on s.id = r.source
  where r.collection = $1 and r.rejected and not r.closed and ($2::text is null or r.reason = $2)`;
const order = 'order by r.raw_partition, r.raw_offset';

/** Records that could not be understood and still are not, in the order of the log. Served by the primary key. */
export function rejectionsList(reason: string | undefined): List<Rejection> {
  const list = `rejections ${reason ?? ''}`;
  return {
    file: 'rejections',
    columns: ['file', 'line', 'offset', 'reason', 'detail', 'excerpt', 'bytes', 'received_at'],
    async page(sql, collection, { limit, cursor }) {
      const after = decodeCursor(list, cursorKey, cursor) ?? [null, null];
      const rows = await sql<Row>(
        `${open} and ($3::int is null or (r.raw_partition, r.raw_offset) > ($3, $4::bigint)) ${order} limit $5`,
        [collection, reason ?? null, ...after, limit + 1],
      );
      const page = pageFrom(rows, limit, (row) => encodeCursor(list, [row.partition, row.rawOffset]));
      return {
        items: page.items.map(({ partition, rawOffset, receivedAt, ...row }) => ({
          id: `${partition}:${rawOffset}`,
          ...row,
          receivedAt: receivedAt.toISOString(),
        })),
        next: page.next,
      };
    },
    async *records(sql, collection) {
      for await (const rows of batches<Row>(sql, `${open} ${order}`, [collection, reason ?? null])) {
        yield rows.map((row) => [
          row.file,
          row.line,
          row.offset,
          row.reason,
          row.detail,
          row.excerpt,
          row.bytes,
          row.receivedAt.toISOString(),
        ]);
      }
    },
  };
}

export interface OpenRejections {
  readonly collection: string;
  readonly ids?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  readonly limit: number;
}

/** Places of the open rejections that are meant, at most `limit`. Served by the primary key. */
export async function readOpenPlaces(
  sql: Sql,
  { collection, ids, reason, limit }: OpenRejections,
): Promise<RawPlace[]> {
  const places = ids?.map((id) => id.split(':').map(Number));
  return sql<{ partition: number; offset: number }>(
    `select raw_partition as partition, raw_offset as "offset" from rejections
     where collection = $1 and rejected and not closed and ($2::text is null or reason = $2)
       and ($3::int[] is null
         or (raw_partition, raw_offset) in (select * from unnest($3::int[], $4::bigint[])))
     order by raw_partition, raw_offset limit $5`,
    [
      collection,
      reason ?? null,
      places?.map(([partition]) => partition) ?? null,
      places?.map(([, offset]) => offset) ?? null,
      limit,
    ],
  );
}
