import { describe, expect, it } from '@jest/globals';

import { type Outcome } from '#libs/events';

import { enriched, somePost } from '../testing/outcomes.js';
import { type Committed } from './commit-slices.js';
import { GenerationGoneError, HeldError, StaleError } from './errors.js';
import { Gatherer } from './gatherer.js';
import { prepare, type Slice } from './slice.js';

const read = (outcome: Outcome) => ({ outcome, data: JSON.stringify(outcome.data) });

const slice = (partition: number, from = 0, length = 1): Slice => ({
  partition,
  from,
  to: from + length,
  records: Array.from({ length }, (_, i) =>
    prepare(from + i, read(enriched({ raw: { partition, offset: from + i } }, somePost(String(i))))),
  ),
});

const committed = (slices: readonly Slice[], held: readonly number[] = []): Committed => ({
  counts: { posts: 0, duplicates: 0, rejections: 0, controls: 0, dropped: 0 },
  next: new Map(
    slices.map(({ partition, from, to }) => [partition, held.includes(partition) ? from + 1 : to]),
  ),
  held: new Set(held),
});

/** A gatherer over a commit that the test decides on, with the slices of each transaction. */
function gatherer(commit: (slices: readonly Slice[], nth: number) => Promise<Committed>, limit = 100) {
  const transactions: string[][] = [];
  const made = new Gatherer({
    limit,
    pause: 1,
    commit: (slices) => {
      transactions.push(slices.map(({ partition, from }) => `${partition}@${from}`));
      return commit(slices, transactions.length);
    },
  });
  return { made, transactions };
}

describe('a gatherer', () => {
  it('takes all that waits into the next transaction, up to its limit', async () => {
    let release = () => {};
    const first = new Promise<void>((go) => (release = go));
    const { made, transactions } = gatherer(async (slices, nth) => {
      if (nth === 1) await first;
      return committed(slices);
    }, 5);
    const pushed = [made.push(slice(0))];
    await new Promise<void>((go) => setImmediate(() => setImmediate(() => go())));
    pushed.push(made.push(slice(1, 0, 2)), made.push(slice(2, 0, 3)), made.push(slice(3)));
    release();
    await Promise.all(pushed);
    expect(transactions).toEqual([['0@0'], ['1@0', '2@0'], ['3@0']]);
  });

  it('tells only those that are stale, and commits the others', async () => {
    const { made, transactions } = gatherer(async (slices, nth) => {
      if (nth === 1) throw new StaleError('t', [1]);
      return committed(slices);
    });
    const results = await Promise.allSettled([made.push(slice(0)), made.push(slice(1)), made.push(slice(2))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(transactions).toEqual([
      ['0@0', '1@0', '2@0'],
      ['0@0', '2@0'],
    ]);
  });

  it('gives a held slice back, so that it comes again, and lets the others through', async () => {
    const { made } = gatherer(async (slices) => committed(slices, [0]));
    const results = await Promise.allSettled([made.push(slice(0, 0, 4)), made.push(slice(1))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await expect(made.push(slice(0, 1, 3))).rejects.toThrow(HeldError);
  });

  it('lets everybody go without writing when the generation is gone', async () => {
    const { made, transactions } = gatherer(async () => {
      throw new GenerationGoneError('gone');
    });
    await Promise.all([made.push(slice(0)), made.push(slice(1))]);
    await made.push(slice(2));
    expect(transactions).toEqual([['0@0', '1@0']]);
  });

  it('passes a failure on to all of the transaction', async () => {
    const { made } = gatherer(async () => {
      throw new RangeError('broken');
    });
    const results = await Promise.allSettled([made.push(slice(0)), made.push(slice(1))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
