import { type DataSource } from 'typeorm';

import { type Sql, transaction } from '#libs/db';
import { type JobEvent, topics } from '#libs/events';

import { lockGeneration, schemaOf } from '../fold/commit-slices.js';
import { StaleError } from '../fold/errors.js';
import { type CollectionState } from '../projections/collections.js';
import { jobRowOf, jobStateOf, type JobRow } from '../projections/jobs.js';
import { EventFold, subjectsOf } from './event-fold.js';

/** Consecutive job events of one partition. `event` is null for what is no event: the log's own markers. */
export interface EventSlice {
  readonly partition: number;
  /** Where the reader stood: the fence. */
  readonly from: number;
  readonly to: number;
  readonly records: readonly { readonly offset: number; readonly event: JobEvent | null }[];
}

export interface EventsCommitted {
  readonly next: number;
  /** The generation's stop is reached: the rest is to be brought again later. */
  readonly held: boolean;
}

/**
 * Folds the job events of one partition into collections, jobs and sources; rows and offset commit together.
 * Requests of rebuilds are noted by whichever generation meets them first.
 * @throws StaleError, GenerationGoneError
 */
export function commitEvents(
  dataSource: DataSource,
  generation: number,
  slice: EventSlice,
): Promise<EventsCommitted> {
  return transaction(dataSource, { schema: schemaOf(generation) }, async (sql) => {
    const stop = await lockStop(sql, generation, slice.partition);
    await lockOffset(sql, slice);
    const below = slice.records.filter(({ offset }) => offset < stop);
    const next = below.length < slice.records.length ? stop : slice.to;
    const events = below.flatMap(({ event }) => (event ? [event] : []));
    const fold = await foldEvents(sql, events);
    await noteRebuilds(sql, fold);
    await sql('update offsets set next_enriched = $3 where topic = $1 and partition = $2', [
      topics.jobs.name,
      slice.partition,
      next,
    ]);
    return { next, held: next < slice.to };
  });
}

async function lockStop(sql: Sql, generation: number, partition: number): Promise<number> {
  const stops = await lockGeneration(sql, generation, 'events_stop_at');
  return stops.get(partition) ?? Number.POSITIVE_INFINITY;
}

async function lockOffset(sql: Sql, { partition, from }: EventSlice): Promise<void> {
  const [stored] = await sql<{ next: number }>(
    'select next_enriched as next from offsets where topic = $1 and partition = $2 for update',
    [topics.jobs.name, partition],
  );
  if (stored?.next !== from) throw new StaleError(topics.jobs.name, [partition]);
}

async function foldEvents(sql: Sql, events: readonly JobEvent[]): Promise<EventFold> {
  const subjects = subjectsOf(events);
  const jobs = await sql<JobRow>('select * from jobs where id = any($1)', [subjects.jobs]);
  const collections = await sql<CollectionState>('select * from collections where id = any($1)', [
    subjects.collections,
  ]);
  const fold = new EventFold(jobs.map(jobStateOf), collections);
  for (const event of events) fold.add(event);
  await upsert(sql, 'jobs', [...fold.jobs.values()].map(jobRowOf));
  await upsert(sql, 'collections', [...fold.collections.values()]);
  await upsert(sql, 'sources', [...fold.sources.values()]);
  return fold;
}

/** Writes states whole: the partition's lock makes this transaction the only one that folds them. */
async function upsert(sql: Sql, table: string, rows: readonly { readonly id: string }[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  await sql(
    `insert into ${table} (${columns.join(', ')})
     select ${columns.join(', ')} from jsonb_populate_recordset(null::${table}, $1)
     on conflict (id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    [JSON.stringify(sorted)],
  );
}

/** A request whose end is met in the log as well was carried out before these tables were made. */
async function noteRebuilds(sql: Sql, { requests, over }: EventFold): Promise<void> {
  for (const { type, occurredAt, data } of requests) {
    const [kind, from] = type === 'RebuildRequested' ? ['rebuild', data.from] : ['verification', 'enriched'];
    await sql(
      `insert into aggregate.rebuilds (id, kind, from_log, requested_at, changed_at)
       values ($1, $2, $3, $4, $4) on conflict (id) do nothing`,
      [data.rebuild, kind, from, occurredAt],
    );
  }
  if (over.length === 0) return;
  await sql(`update aggregate.rebuilds set state = 'completed' where id = any($1) and state = 'queued'`, [
    over,
  ]);
}
