import { z } from 'zod';

import { type Page, type PageQuery, type Rebuild } from '#libs/api';
import { type Sql } from '#libs/db';

import { cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type Pending, type PendingRebuild } from '../requests/pending.js';

interface Row extends Omit<Rebuild, 'progress' | 'requestedAt' | 'changedAt'> {
  readonly done: number;
  readonly total: number | null;
  readonly requestedAt: Date;
  readonly changedAt: Date;
}

const select = `select id, kind, from_log as "from", state, done, total, compared,
    (select coalesce(jsonb_agg(d.value order by d.n), '[]') from jsonb_array_elements(differences)
       with ordinality as d (value, n) where d.n <= 1000) as differences,
    error, requested_at as "requestedAt", changed_at as "changedAt"
  from aggregate.rebuilds`;

/** By primary key. */
export async function readRebuild(sql: Sql, id: string, pending: Pending): Promise<Rebuild | null> {
  const [row] = await sql<Row>(`${select} where id = $1`, [id]);
  if (row) return shown(row);
  const waiting = pending.rebuilds.get(id);
  return waiting ? queued(waiting) : null;
}

const listName = 'rebuilds';
const cursorKey = z.tuple([z.iso.datetime(), cursorText]);

/** Newest first. Served by rebuilds_by_time. */
export async function readRebuilds(
  sql: Sql,
  { limit, cursor }: PageQuery,
  pending: Pending,
): Promise<Page<Rebuild>> {
  const [at, id] = decodeCursor(listName, cursorKey, cursor) ?? [null, null];
  const rows = await sql<Row>(
    `${select} where $1::timestamptz is null or requested_at < $1 or (requested_at = $1 and id > $2)
     order by requested_at desc, id limit $3`,
    [at, id, limit + 1],
  );
  const known = await sql<{ id: string }>('select id from aggregate.rebuilds where id = any($1)', [
    [...pending.rebuilds.keys()],
  ]);
  const shownIds = new Set(known.map((row) => row.id));
  const waiting = [...pending.rebuilds.values()]
    .filter((each) => !shownIds.has(each.id))
    .filter((each) => at === null || newestFirst(each, { requestedAt: at, id }) > 0)
    .map(queued);
  const all = [...waiting, ...rows.map(shown)].toSorted(newestFirst);
  return pageFrom(all, limit, (last) => encodeCursor(listName, [last.requestedAt, last.id]));
}

type Requested = Pick<Rebuild, 'requestedAt' | 'id'>;

function newestFirst(a: Requested, b: Requested): number {
  if (a.requestedAt !== b.requestedAt) return a.requestedAt > b.requestedAt ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

const shown = ({ done, total, requestedAt, changedAt, ...row }: Row): Rebuild => ({
  ...row,
  progress: { done, total },
  requestedAt: requestedAt.toISOString(),
  changedAt: changedAt.toISOString(),
});

const queued = ({ id, kind, from, requestedAt }: PendingRebuild): Rebuild => ({
  id,
  kind,
  from,
  state: 'queued',
  progress: { done: 0, total: null },
  compared: null,
  differences: [],
  error: null,
  requestedAt,
  changedAt: requestedAt,
});
