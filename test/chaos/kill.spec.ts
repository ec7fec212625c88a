import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import type { Collection, Job } from '#libs/api';
import { env } from '#libs/runtime';

import { Stack } from '../support/stack.js';
import { randomOf } from './random.js';
import { type SampleFile, sampleFile } from './sample-file.js';
import { summaryOf } from './summary.js';

/** How often each process is killed while files are being counted. CI: 20. */
const KILLS = Number(env.CHAOS_KILLS ?? 2);
const SEED = Number(env.CHAOS_SEED ?? Date.now() % 1_000_000);
const POSTS = 6_000;

jest.setTimeout(900_000);

describe(`an import is counted exactly, whatever is killed (CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS})`, () => {
  const random = randomOf(SEED);
  let stack: Stack;
  let file: SampleFile;
  let undisturbed: Record<string, unknown>;

  beforeAll(async () => {
    // Short leases, so that the next runner does not wait longer than the killing takes.
    const env = { INGEST_LEASE_MS: '2000' };
    stack = await Stack.start({ copies: { enrich: 2, aggregate: 2 }, env });
    file = sampleFile(SEED, POSTS);
    const collection = await handOver('undisturbed');
    await stack.settled(collection);
    undisturbed = await summaryOf(stack, collection);
  });

  afterAll(() => stack.stop());

  /** Sends the file until somebody has taken it: the key makes one job of all attempts. */
  async function handOver(key: string): Promise<string> {
    const until = Date.now() + 60_000;
    for (;;) {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(file.bytes)]), 'posts.jsonl');
      try {
        const headers = { 'idempotency-key': `${SEED}-${key}` };
        return (await stack.api<Job>('/jobs', { method: 'POST', body: form, headers })).collection;
      } catch (error) {
        if (Date.now() > until) throw error;
        await delay(200);
      }
    }
  }

  async function isSettled(collection: string): Promise<boolean> {
    const seen = await stack.api<Collection>(`/collections/${collection}`).catch(() => null);
    return seen?.settled ?? false;
  }

  /** Kills the victim at random moments until the collection is counted, or it was killed `most` times. */
  async function torment(victim: string, collection: string, most: number): Promise<number> {
    let kills = 0;
    while (kills < most && !(await isSettled(collection))) {
      await delay(random() * 700);
      await stack.crashAndRestart(victim);
      kills += 1;
    }
    return kills;
  }

  it('counts what is in the file when nothing happens', () => {
    const { posts, duplicates, broken, controls } = file;
    expect(undisturbed.totals).toMatchObject({ posts, duplicates, rejections: broken });
    const counted = (undisturbed.totals as Collection['totals']).controls;
    expect(Object.values(counted).reduce((sum, count) => sum + count, 0)).toBe(controls);
  });

  it.each(['ingest', 'enrich', 'aggregate', 'gateway', 'broker', 'postgres'])(
    'kill -9 of %s',
    async (victim) => {
      let kills = 0;
      // A round in which the file was counted before the first kill says nothing: another one follows.
      for (let round = 0; kills < KILLS; round += 1) {
        const collection = await handOver(`${victim}-${round}`);
        kills += await torment(victim, collection, KILLS - kills);
        await stack.revive();
        await stack.settled(collection);
        expect(await summaryOf(stack, collection)).toEqual(undisturbed);
      }
    },
  );

  it('an aggregate that is stopped for longer than its session, and comes back', async () => {
    const collection = await handOver('paused');
    stack.signal('aggregate', 'SIGSTOP');
    await stack.settled(collection);
    const summary = await summaryOf(stack, collection);
    stack.signal('aggregate', 'SIGCONT');
    expect(summary).toEqual(undisturbed);
    const after = await handOver('after-the-pause');
    await stack.revive();
    await stack.settled(after);
    expect(await summaryOf(stack, collection)).toEqual(undisturbed);
    expect(await summaryOf(stack, after)).toEqual(undisturbed);
  });
});
