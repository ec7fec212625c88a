import { z } from 'zod';

import { type Job, type Page, type PageQuery } from '#libs/api';
import { type Sql } from '#libs/db';
import { type JobState } from '#libs/events';

import { groupBy } from '../group-by.js';
import { cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type Pending } from '../requests/pending.js';
import { type Counted, type JobFacts, jobView } from './job-view.js';

interface Row extends Omit<JobState, 'job' | 'submittedAt' | 'changedAt'> {
  readonly id: string;
  readonly submittedAt: Date;
  readonly changedAt: Date;
  readonly counted: number;
}

const select = `
  select j.id, j.collection, j.spec, j.phase, j.cancel_requested as "cancelRequested", j.epoch, j.holder, j.checkpoint,
    j.collected, j.ends, j.error, j.submitted_at as "submittedAt", j.changed_at as "changedAt",
    coalesce(c.records, 0) as counted
  from jobs j left join job_counts c on c.job = j.id`;

/** How far the live tables are. `offsets` has a row for each partition. */
export async function readCounted(sql: Sql, generation: number): Promise<Counted> {
  const rows = await sql<{ partition: number; next: number }>(
    `select o.partition, o.next_raw as next from offsets o
     join aggregate.generations g on g.enriched_topic = o.topic and g.generation = $1`,
    [generation],
  );
  return new Map(rows.map(({ partition, next }) => [partition, next]));
}

/** Primary keys of jobs and job_counts. */
export async function readJob(sql: Sql, id: string, pending: Pending): Promise<JobFacts | null> {
  const rows = await sql<Row>(`${select} where j.id = $1`, [id]);
  const [facts] = await withSources(sql, rows, pending);
  return facts ?? pendingFacts(pending.jobs.get(id), pending) ?? null;
}

/** In the order in which they were submitted. Served by jobs_by_collection. */
export async function readJobsOf(
  sql: Sql,
  collections: readonly string[],
  pending: Pending,
): Promise<JobState[]> {
  const rows = await sql<Row>(`${select} where j.collection = any($1)`, [collections]);
  const shown = new Set(rows.map(({ id }) => id));
  const waiting = [...pending.jobs.values()].filter(
    ({ job, collection }) => !shown.has(job) && collections.includes(collection),
  );
  return [...rows.map((row) => stateOf(row, pending)), ...waiting].toSorted((a, b) => -newestFirst(a, b));
}

const listName = 'jobs';
const cursorKey = z.tuple([z.iso.datetime(), cursorText]);

/** Newest first. There are few jobs: they are read by sequence and sorted. */
export async function readJobs(
  sql: Sql,
  { limit, cursor, collection }: PageQuery & { readonly collection?: string | undefined },
  context: { readonly pending: Pending; readonly offsets: Counted },
): Promise<Page<Job>> {
  const { pending, offsets } = context;
  const [at, id] = decodeCursor(listName, cursorKey, cursor) ?? [null, null];
  const rows = await sql<Row>(
    `${select} where ($1::text is null or j.collection = $1)
       and ($2::timestamptz is null or j.submitted_at < $2 or (j.submitted_at = $2 and j.id > $3))
       and not exists (select from collections d where d.id = j.collection and d.delete_requested)
     order by j.submitted_at desc, j.id limit $4`,
    [collection ?? null, at, id, limit + 1],
  );
  const known = await sql<{ id: string }>('select id from jobs where id = any($1)', [
    [...pending.jobs.keys()],
  ]);
  const shown = new Set(known.map((row) => row.id));
  const waiting = [...pending.jobs.values()]
    .filter((state) => !shown.has(state.job) && (collection === undefined || state.collection === collection))
    .filter((state) => at === null || newestFirst(state, { submittedAt: at, job: id }) > 0)
    .flatMap((state) => pendingFacts(state, pending) ?? []);
  const facts = [...waiting, ...(await withSources(sql, rows, pending))]
    .filter(({ state }) => !pending.deleted.has(state.collection))
    .toSorted((a, b) => newestFirst(a.state, b.state));
  const page = pageFrom(facts, limit, ({ state }) => encodeCursor(listName, [state.submittedAt, state.job]));
  return { items: page.items.map((item) => jobView(item, offsets)), next: page.next };
}

type Submitted = Pick<JobState, 'submittedAt' | 'job'>;

function newestFirst(a: Submitted, b: Submitted): number {
  if (a.submittedAt !== b.submittedAt) return a.submittedAt > b.submittedAt ? -1 : 1;
  return a.job < b.job ? -1 : Number(a.job > b.job);
}

/** Served by sources_by_job. */
async function withSources(sql: Sql, rows: readonly Row[], pending: Pending): Promise<JobFacts[]> {
  if (rows.length === 0) return [];
  const sources = await sql<{ job: string } & Job['sources'][number]>(
    `select job, id, name, bytes from sources where job = any($1)
     order by job, char_length(id), id`,
    [rows.map(({ id }) => id)],
  );
  const byJob = groupBy(sources, ({ job }) => job);
  return rows.map((row) => ({
    state: stateOf(row, pending),
    counted: row.counted,
    sources: (byJob.get(row.id) ?? []).map(({ id, name, bytes }) => ({ id, name, bytes })),
  }));
}

function stateOf(row: Row, pending: Pending): JobState {
  const { id, submittedAt, changedAt, collection, spec, phase, epoch, holder } = row;
  const { checkpoint, collected, ends, error } = row;
  return {
    job: id,
    collection,
    spec,
    phase,
    epoch,
    holder,
    checkpoint,
    collected,
    ends,
    error,
    cancelRequested: row.cancelRequested || pending.cancelled.has(id),
    submittedAt: submittedAt.toISOString(),
    changedAt: changedAt.toISOString(),
  };
}

function pendingFacts(state: JobState | undefined, pending: Pending): JobFacts | undefined {
  if (!state) return undefined;
  const cancelRequested = pending.cancelled.has(state.job);
  return { state: { ...state, cancelRequested }, counted: 0, sources: [] };
}
