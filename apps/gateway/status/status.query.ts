import { type Status } from '#libs/api';
import { type Sql } from '#libs/db';

/** Sum over one row per collection. */
export async function readPosts(sql: Sql): Promise<number> {
  const [row] = await sql<{ posts: number }>(
    `select coalesce(sum(t.posts), 0)::bigint as posts from totals t
     join collections c on c.id = t.collection and not c.delete_requested`,
  );
  return row?.posts ?? 0;
}

/** Sums over one row per job. */
export async function readRecords(sql: Sql): Promise<Pick<Status, 'records' | 'counted'>> {
  const [row] = await sql<Pick<Status, 'records' | 'counted'>>(
    `select coalesce(sum((j.collected ->> 'records')::bigint), 0)::bigint as records,
       coalesce(sum(c.records), 0)::bigint as counted
     from jobs j left join job_counts c on c.job = j.id
     where not exists (select from collections d where d.id = j.collection and d.delete_requested)`,
  );
  // Outcomes are counted as they come, progress is told now and then.
  const counted = row?.counted ?? 0;
  return { counted, records: Math.max(row?.records ?? 0, counted) };
}

/** Collections that are shown, without those that the tables do not have yet. */
export async function readShownIds(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    'select id from collections where not delete_requested and created_at is not null',
  );
  return rows.map(({ id }) => id);
}
