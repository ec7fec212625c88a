import { z } from 'zod';

import { type Collection, type Page, type PageQuery } from '#libs/api';
import { type Sql } from '#libs/db';
import { hasEnded } from '#libs/events';

import { groupBy } from '../group-by.js';
import { cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { gone, notFound } from '../http/problem.js';
import { type Counted, isCounted } from '../jobs/job-view.js';
import { readJobsOf } from '../jobs/jobs.query.js';
import { type Pending } from '../requests/pending.js';
import { emptyTotals, readTotals } from './totals.query.js';

/** What is known of a collection beside its numbers. */
export interface CollectionHead {
  readonly id: string;
  readonly name: string;
  readonly origin: 'real' | 'simulated' | null;
  readonly createdAt: string;
}

interface Row extends Omit<CollectionHead, 'createdAt' | 'name'> {
  readonly name: string | null;
  readonly nameAt: Date | null;
  readonly createdAt: Date | null;
  readonly deleted: boolean;
}

const columns = `id, name, origin, created_at as "createdAt", name_at as "nameAt", delete_requested as deleted`;

/**
 * By primary key.
 * @throws ProblemError 404, or 410 once its deletion was asked for.
 */
export async function requireCollection(sql: Sql, id: string, pending: Pending): Promise<CollectionHead> {
  const [row] = await sql<Row>(`select ${columns} from collections where id = $1`, [id]);
  if (row?.deleted === true || pending.deleted.has(id)) throw gone('collection', id);
  const head = (row && headOf(row, pending)) ?? pendingHead(id, pending);
  if (!head) throw notFound('collection', id);
  return head;
}

const listName = 'collections';
const cursorKey = z.tuple([z.iso.datetime(), cursorText]);

export interface ReadContext {
  readonly pending: Pending;
  readonly offsets: Counted;
}

/** Newest first. There are few collections: they are read by sequence and sorted. */
export async function readCollections(
  sql: Sql,
  { limit, cursor }: PageQuery,
  context: ReadContext,
): Promise<Page<Collection>> {
  const { pending } = context;
  const after = decodeCursor(listName, cursorKey, cursor);
  const rows = await sql<Row>(`select ${columns} from collections where not delete_requested`);
  const heads = new Map([...pending.collections.keys()].map((id) => [id, pendingHead(id, pending)]));
  for (const row of rows) if (row.createdAt !== null) heads.set(row.id, headOf(row, pending));
  const sorted = [...heads.values()]
    .filter((head) => head !== null)
    .filter(({ id }) => !pending.deleted.has(id))
    .filter((head) => !after || newestFirst(head, { createdAt: after[0], id: after[1] }) > 0)
    .toSorted(newestFirst);
  const page = pageFrom(sorted, limit, ({ createdAt, id }) => encodeCursor(listName, [createdAt, id]));
  return { items: await withNumbers(sql, page.items, context), next: page.next };
}

/** The same collections with their jobs and totals. */
export async function withNumbers(
  sql: Sql,
  heads: readonly CollectionHead[],
  { pending, offsets }: ReadContext,
): Promise<Collection[]> {
  const ids = heads.map(({ id }) => id);
  const jobs = groupBy(await readJobsOf(sql, ids, pending), ({ collection }) => collection);
  const totals = await readTotals(sql, ids);
  return heads.map((head) => {
    const own = jobs.get(head.id) ?? [];
    return {
      id: head.id,
      name: head.name,
      origin: head.origin,
      settled: own.every((job) => hasEnded(job) && isCounted(job.ends, offsets)),
      jobs: own.map(({ job }) => job),
      totals: totals.get(head.id) ?? emptyTotals(),
      createdAt: head.createdAt,
    };
  });
}

type Created = Pick<CollectionHead, 'createdAt' | 'id'>;

function newestFirst(a: Created, b: Created): number {
  if (a.createdAt !== b.createdAt) return a.createdAt > b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Null as long as the tables know of it only by events that outran its creation. */
function headOf({ id, name, origin, createdAt, nameAt }: Row, pending: Pending): CollectionHead | null {
  if (createdAt === null) return null;
  const renamed = pending.renamed.get(id);
  const isNewer = renamed && (nameAt === null || Date.parse(renamed.at) > nameAt.getTime());
  return {
    id,
    name: (isNewer ? renamed.name : name) ?? id,
    origin: origin ?? pending.collections.get(id)?.origin ?? null,
    createdAt: createdAt.toISOString(),
  };
}

function pendingHead(id: string, pending: Pending): CollectionHead | null {
  const created = pending.collections.get(id);
  return created ? { ...created, name: pending.renamed.get(id)?.name ?? created.name } : null;
}
