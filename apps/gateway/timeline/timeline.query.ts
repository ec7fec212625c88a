import { type PostFilter, type Timeline, type TimelineBin } from '#libs/api';
import { type Sql } from '#libs/db';

import { readMinutesOf } from '../posts/posts.query.js';

type Bucket = Timeline['bucket'];

const lengths: Readonly<Record<Bucket, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Posts per bin. Served by the primary key of minutes (collection): a row per minute that has posts. */
export async function readTimeline(sql: Sql, collection: string, bucket: Bucket): Promise<TimelineBin[]> {
  const rows = await sql<{ at: Date; count: number }>(
    `select date_trunc($2, minute, 'UTC') as at, sum(count)::bigint as count from minutes
     where collection = $1 group by 1 order by 1`,
    [collection, bucket],
  );
  return rows.map(({ at, count }) => ({ at: at.toISOString(), count }));
}

/** The same for the posts of a filter: all of those are read (posts_by_key, posts_by_time). */
export async function readTimelineOf(
  sql: Sql,
  collection: string,
  { bucket, filter }: { readonly bucket: Bucket; readonly filter: PostFilter },
): Promise<TimelineBin[]> {
  const bins = new Map<number, number>();
  for await (const minutes of readMinutesOf(sql, collection, filter)) {
    for (const { minute, count } of minutes) {
      const at = Math.floor(minute.getTime() / lengths[bucket]) * lengths[bucket];
      bins.set(at, (bins.get(at) ?? 0) + count);
    }
  }
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([at, count]) => ({ at: new Date(at).toISOString(), count }));
}
