import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { type DataSource } from 'typeorm';

import { sqlOf, transaction } from '#libs/db';
import { type Outcome, topics } from '#libs/events';

import { startPostgres, type TestPostgres } from '../../../test/support/postgres.js';
import { Folder } from '../testing/folder.js';
import { type About, control, deleted, enriched, rejected, somePost } from '../testing/outcomes.js';
import { addGeneration, dump, openTables, tables } from '../testing/tables.js';
import { commitSlices, schemaOf } from './commit-slices.js';
import { StaleError } from './errors.js';
import { placeName } from './known.js';

jest.setTimeout(120_000);

const PARTITIONS = 3;
let server: TestPostgres;
let db: DataSource;

beforeAll(async () => {
  server = await startPostgres({ deadlock_timeout: '50ms' });
  db = await openTables(server.url, PARTITIONS);
  for (const generation of [2, 3]) {
    await addGeneration(db, server.url, { generation, state: 'building', partitions: PARTITIONS });
  }
});
afterAll(async () => {
  await db.destroy();
  await server.stop();
});

/** Tables to fold into, empty. Emptied, not made anew: that is several times as fast. */
async function fresh(name: 'plain' | 'shared'): Promise<number> {
  const target = name === 'plain' ? 2 : 3;
  await transaction(db, { schema: schemaOf(target) }, async (sql) => {
    await sql(`truncate ${tables.filter((table) => table !== 'offsets').join(', ')}`);
    await sql('update offsets set next_enriched = 0, next_raw = next_raw * 0');
  });
  return target;
}

type Step =
  | { readonly kind: 'post'; readonly id: number; readonly reposts: number; readonly source: number }
  | { readonly kind: 'rejected' | 'control'; readonly source: number }
  | { readonly kind: 'resend'; readonly back: number }
  | { readonly kind: 'replay'; readonly back: number; readonly again: boolean }
  | { readonly kind: 'twice'; readonly partition: number; readonly back: number }
  | { readonly kind: 'deleted'; readonly partition: number };

const source = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('post' as const), id: fc.nat(12), reposts: fc.nat(3), source }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rejected' as const), source }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('control' as const), source }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('resend' as const), back: fc.nat(6) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('replay' as const), back: fc.nat(1), again: fc.boolean() }),
  },
);
const twice: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('twice' as const),
  partition: fc.nat(PARTITIONS - 1),
  back: fc.nat(4),
});
const deletion: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('deleted' as const),
  partition: fc.nat(PARTITIONS - 1),
});

/** What ingest and enrich would write for these steps: one log of outcomes for each partition. */
class History {
  readonly log: Outcome[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly #positions = new Map<string, number>();
  readonly #sent: Outcome[] = [];

  constructor(history: readonly Step[]) {
    for (const one of history) this.#add(one);
  }

  #add(one: Step): void {
    switch (one.kind) {
      case 'post':
        return this.#append(this.#post(one.id, one.reposts, this.#about(one.id % PARTITIONS, one.source)));
      case 'rejected':
        return this.#append(rejected(this.#about(one.source, one.source)));
      case 'control':
        return this.#append(control(this.#about(one.source, one.source)));
      case 'resend': {
        // A crash before a checkpoint: the last records are sent again, in order, each to its partition.
        for (const before of this.#sent.slice(-one.back)) this.#append(before, false);
        return;
      }
      case 'replay':
        return this.#replay(one);
      case 'twice': {
        // Enrich crashed before its own checkpoint: the same outcomes of the same raw records once more.
        const log = this.log[one.partition] ?? [];
        log.push(...log.slice(log.length - Math.min(one.back, log.length)));
        return;
      }
      case 'deleted':
        return this.#append(deleted(this.#about(one.partition, 0)), false);
    }
  }

  #post(id: number, count: number, about: About): Outcome {
    const form = count % 2 === 0 ? 'Birds' : 'BIRDS';
    const post = somePost(String(id), {
      hashtags: [form, `tag${id}`],
      reposts: [{ postId: String(id), count }],
    });
    return enriched(about, post);
  }

  #replay({ back, again }: Extract<Step, { kind: 'replay' }>): void {
    const rejections = this.log.flat().filter(({ type, replayOf }) => type === 'RecordRejected' && !replayOf);
    const original = rejections.at(-1 - back);
    if (!original) return;
    // The bytes say which post it is: the same each time one rejection is replayed.
    const same = (original.raw.partition * 7 + original.raw.offset) % 13;
    const about = { ...this.#about(same % PARTITIONS, 9), replayOf: original.raw };
    this.#append(again ? rejected(about) : this.#post(same, 1, about));
  }

  #about(partition: number, from: number) {
    const name = `job00000000${from}.0`;
    const position = (this.#positions.get(name) ?? -1) + 1;
    this.#positions.set(name, position);
    return { job: `job00000000${from}`, source: name, position, raw: { partition, offset: 0 } };
  }

  #append(outcome: Outcome, isNew = true): void {
    const { partition } = outcome.raw;
    const log = this.log[partition] ?? [];
    const offset = Math.max(-1, ...log.map(({ raw }) => raw.offset)) + 1;
    log.push({ ...outcome, raw: { partition, offset } });
    if (isNew) this.#sent.push(outcome);
  }
}

const steps = fc.array(fc.oneof({ weight: 9, arbitrary: step }, { weight: 1, arbitrary: twice }), {
  minLength: 20,
  maxLength: 60,
  size: 'max',
});
/** A third of them meets a deletion on its way. */
const history = fc
  .tuple(steps, fc.option(deletion, { freq: 2 }), steps)
  .map(([before, end, after]) => new History([...before, ...(end ? [end] : []), ...after]));

describe('any history', () => {
  it('gives the same rows however it is cut, interleaved, brought again and shared by three aggregates', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.infiniteStream(fc.nat(1_000)), async ({ log }, dice) => {
        const plain = await fresh('plain');
        await new Folder(db, plain, log).all(1_000);
        const shared = await fresh('shared');
        await foldWildly(shared, log, dice);
        expect(await dump(db, shared)).toEqual(await dump(db, plain));
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('gives counts that a slow look at the log confirms', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ log }) => {
        const folded = await fresh('plain');
        await new Folder(db, folded, log).all(3);
        const [totals] = await sqlOf(db)<{ posts: number; duplicates: number }>(
          `select coalesce(sum(posts), 0)::int as posts, coalesce(sum(duplicates), 0)::int as duplicates
           from ${schemaOf(folded)}.totals`,
        );
        expect(totals).toEqual(slowCount(log));
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

/** Three aggregates over whatever partitions each believes to have, as a group that rebalances all the time lets them. */
async function foldWildly(
  target: number,
  log: readonly (readonly Outcome[])[],
  dice: Iterator<number>,
): Promise<void> {
  const roll = (below: number) => Number(dice.next().value) % below;
  for (let round = 0; round < 500; round += 1) {
    const next = await standing(target);
    if (log.every((records, partition) => (next[partition] ?? 0) >= records.length)) return;
    await Promise.all([1, 2, 3].map(() => attempt(target, log, next, roll)));
  }
  throw new Error('the log was not folded in 500 rounds');
}

/** One transaction of one aggregate: some partitions, some records, sometimes from where it stood before. */
async function attempt(
  target: number,
  log: readonly (readonly Outcome[])[],
  next: Readonly<Record<number, number>>,
  roll: (below: number) => number,
): Promise<void> {
  const partitions = [0, 1, 2].filter(() => roll(3) > 0);
  const zombie = roll(5) === 0;
  const from = Object.fromEntries(
    partitions.map((partition) => [partition, Math.max(0, (next[partition] ?? 0) - (zombie ? roll(3) : 0))]),
  );
  const slices = new Folder(db, target, log).from(from).slices(1 + roll(6), partitions);
  if (slices.length === 0) return;
  await commitSlices(db, { generation: target, topic: topics.enriched.name }, slices).catch(
    (error: unknown) => {
      // Somebody else was first, or the locks were taken crosswise: nothing is written, the next round begins anew.
      if (!(error instanceof StaleError) && (error as { code?: string }).code !== '40P01') throw error;
    },
  );
}

async function standing(target: number): Promise<Record<number, number>> {
  const rows = await sqlOf(db)<{ partition: number; next: number }>(
    `select partition, next_enriched as next from ${schemaOf(target)}.offsets where topic = $1`,
    [topics.enriched.name],
  );
  return Object.fromEntries(rows.map(({ partition, next }) => [partition, next]));
}

interface Seen {
  readonly ids: Set<string>;
  readonly highest: Map<string, number>;
  readonly open: Set<number>;
  readonly closed: Set<string>;
}

/** Law 2, read record by record, without any of the code that is tested. */
function slowCount(log: readonly (readonly Outcome[])[]): { posts: number; duplicates: number } {
  const counts = { posts: 0, duplicates: 0, nothing: 0 };
  for (const records of log) {
    const seen: Seen = { ids: new Set(), highest: new Map(), open: new Set(), closed: new Set() };
    const end = records.findIndex(({ type }) => type === 'MarkerPassed');
    const alive = end < 0 ? records : records.slice(0, end);
    const once = new Map(alive.map((record) => [record.raw.offset, record]));
    for (const record of once.values()) counts[judge(record, seen)] += 1;
  }
  return { posts: counts.posts, duplicates: counts.duplicates };
}

function judge(record: Outcome, seen: Seen): 'posts' | 'duplicates' | 'nothing' {
  const { source, position, raw, replayOf } = record;
  const isNew = position > (seen.highest.get(source) ?? -1);
  if (isNew) seen.highest.set(source, position);
  if (record.type === 'RecordRejected' && !replayOf && isNew) seen.open.add(raw.offset);
  if (record.type !== 'PostEnriched' || countsAlready(record, seen)) return 'nothing';
  const isKnown = seen.ids.has(record.data.id);
  if (isKnown && !isNew) return 'nothing';
  seen.ids.add(record.data.id);
  if (replayOf) seen.closed.add(placeName(replayOf));
  return isKnown ? 'duplicates' : 'posts';
}

function countsAlready({ replayOf, raw }: Outcome, { open, closed }: Seen): boolean {
  if (!replayOf) return false;
  const wasAccepted = replayOf.partition === raw.partition && !open.has(replayOf.offset);
  return wasAccepted || closed.has(placeName(replayOf));
}
