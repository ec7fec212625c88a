import { type DataSource } from 'typeorm';

import { type Sql, transaction, type TransactionSql } from '#libs/db';

import { distincts } from '../projections/distincts.js';
import { lineOf, postColumns } from '../projections/posts.js';
import { type Fresh, type Upsert, upsertOf } from '../projections/projection.js';
import { GenerationGoneError, StaleError } from './errors.js';
import { Fold, type FoldCounts, type MoreDuplicates } from './fold.js';
import { lookUp } from './known.js';
import { cutAt, type Slice } from './slice.js';

/** A generation, and the enriched topic that it is made from. */
export interface Target {
  readonly generation: number;
  readonly topic: string;
}

export interface Committed {
  readonly counts: FoldCounts;
  /** Where each partition stands now: next offset in the enriched topic. */
  readonly next: ReadonlyMap<number, number>;
  /** Partitions that stand at the generation's stop: the rest of their slice is to be brought again later. */
  readonly held: ReadonlySet<number>;
}

export const schemaOf = (generation: number) => `gen_${generation}`;

/**
 * Settings of every folding transaction.
 * - A lost commit is no loss: rows and offsets are lost together, and the records are folded again from the log. So
 *   nobody waits for the disk (the log keeps its records for ever).
 * - Compiling a statement costs more than running it.
 */
const folding = { synchronous_commit: 'off', jit: 'off', work_mem: '64MB' };

/**
 * Folds slices of different partitions in one transaction: rows and offsets commit together, or not at all.
 * @throws StaleError when a partition stands elsewhere than its slice begins.
 * @throws GenerationGoneError when the generation is not folded any more.
 */
export function commitSlices(
  dataSource: DataSource,
  target: Target,
  slices: readonly Slice[],
): Promise<Committed> {
  const settings = { schema: schemaOf(target.generation), settings: folding };
  return transaction(dataSource, settings, async (sql) => {
    const stops = await lockGeneration(sql, target.generation, 'stop_at');
    const nextRaw = await lockOffsets(sql, target.topic, slices);
    const cuts = slices.map((slice) => cutAt(slice, stops.get(slice.partition) ?? Number.POSITIVE_INFINITY));
    const below = cuts.map((cut) => cut.below);
    const fold = new Fold(await lookUp(sql, below, nextRaw));
    for (const { records } of below) for (const record of records) fold.add(record);
    await write(sql, fold);
    await moveOffsets(sql, target.topic, below, fold.nextRaw);
    return {
      counts: fold.counts,
      next: new Map(below.map(({ partition, to }) => [partition, to])),
      held: new Set(cuts.flatMap(({ below: { partition }, cut }) => (cut ? [partition] : []))),
    };
  });
}

/**
 * Shared with all who fold this generation, against whoever changes its state or its stop: what they have changed
 * holds from the next transaction on.
 * @returns the offset per partition (raw, of job events their own) that must not be reached yet.
 */
export async function lockGeneration(
  sql: Sql,
  generation: number,
  stops: 'stop_at' | 'events_stop_at',
): Promise<Map<number, number>> {
  const [row] = await sql<{ state: string; stop: Record<string, number> | null }>(
    `select state, ${stops} as stop from aggregate.generations where generation = $1 for share`,
    [generation],
  );
  if (!row || !['building', 'live', 'retired'].includes(row.state)) {
    throw new GenerationGoneError(`generation ${generation} is ${row?.state ?? 'unknown'}`);
  }
  return new Map(Object.entries(row.stop ?? {}).map(([partition, stop]) => [Number(partition), stop]));
}

/** The fence. @returns the next raw offset of each partition. */
async function lockOffsets(sql: Sql, topic: string, slices: readonly Slice[]): Promise<Map<number, number>> {
  const rows = await sql<{ partition: number; next_enriched: number; next_raw: number | null }>(
    `select partition, next_enriched, next_raw from offsets
     where topic = $1 and partition = any($2) order by partition for update`,
    [topic, slices.map(({ partition }) => partition)],
  );
  const stale: number[] = [];
  const stored = new Map(rows.map((row) => [row.partition, row]));
  for (const { partition, from } of slices) {
    const next = stored.get(partition)?.next_enriched;
    if (next !== from) stale.push(partition);
  }
  if (stale.length > 0) throw new StaleError(topic, stale);
  return new Map(rows.map(({ partition, next_raw }) => [partition, next_raw ?? 0]));
}

/** While the connection runs one statement, the rows of the next are written down here. */
async function write(sql: TransactionSql, fold: Fold): Promise<void> {
  const posts = [...fold.newPosts.values()].map(lineOf);
  let running: Promise<unknown> =
    posts.length > 0 ? sql.copy('posts', postColumns, posts) : Promise.resolve();
  for (const tally of fold.tallies.values()) {
    const statement = upsertOf(tally);
    if (!statement) continue;
    await running;
    running = runUpsert(sql, statement, fold);
    // How many keys are new decides what is counted next: then there is nothing to write down ahead.
    if (statement.givesFresh) await running;
  }
  await running;
  await addDuplicates(sql, [...fold.duplicates.values()]);
}

async function runUpsert(sql: Sql, { text, rows, givesFresh }: Upsert, fold: Fold): Promise<void> {
  const fresh = await sql<Fresh>(text, [rows]);
  if (!givesFresh) return;
  const counted = fold.tallies.get(distincts);
  for (const { collection, kind, keys } of fresh) counted?.add({ collection, kind, keys });
}

async function addDuplicates(sql: Sql, rows: readonly MoreDuplicates[]): Promise<void> {
  if (rows.length === 0) return;
  await sql(
    `update posts set duplicates = posts.duplicates + more.count
     from json_to_recordset($1) as more (collection text, platform text, instance text, id text, count int)
     where (posts.collection, posts.platform, posts.instance, posts.id)
         = (more.collection, more.platform, more.instance, more.id)`,
    [JSON.stringify(rows)],
  );
}

async function moveOffsets(
  sql: Sql,
  topic: string,
  slices: readonly Slice[],
  nextRaw: ReadonlyMap<number, number>,
): Promise<void> {
  const moves = slices.map(({ partition, from, to }) => ({
    partition,
    next_from: from,
    next_enriched: to,
    next_raw: nextRaw.get(partition) ?? 0,
  }));
  const moved = await sql(
    `update offsets set next_enriched = move.next_enriched, next_raw = move.next_raw
     from json_to_recordset($2) as move
       (partition smallint, next_from bigint, next_enriched bigint, next_raw bigint)
     where topic = $1 and offsets.partition = move.partition and offsets.next_enriched = move.next_from
     returning offsets.partition`,
    [topic, JSON.stringify(moves)],
  );
  if (moved.length !== slices.length)
    throw new StaleError(
      topic,
      slices.map(({ partition }) => partition),
    );
}
