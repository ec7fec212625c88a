import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { openDataSource, sqlOf } from '#libs/db';
import { type JobEvent, topics } from '#libs/events';

import { IngestBench } from '../support/ingest.js';

jest.setTimeout(60_000);

const post = (id: number, text = 'x') =>
  JSON.stringify({
    created_at: 'Wed Apr 06 19:13:37 +0000 2011',
    id_str: String(id),
    text,
    user: { id_str: '1', screen_name: 'a' },
  });
const posts = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => post(from + i)).join('\n');
const typesOf = (events: readonly JobEvent[]) => events.map(({ type }) => type);

describe('ingest', () => {
  let bench: IngestBench;

  beforeAll(async () => {
    bench = await IngestBench.open();
    await bench.start({ INGEST_LEASE_MS: '1500' });
    await bench.start({ INGEST_LEASE_MS: '1500' });
  });
  afterAll(() => bench.close());

  it('puts every record of a file into the raw log, byte for byte, and says how far the log then reaches', async () => {
    const { job, collection } = await bench.upload({
      'a.jsonl': `${post(1)}\r\n\r\n${post(2, 'é\\u0000')}\n{"broken":\n${post(3)}`,
    });
    const end = await bench.end(job);
    const records = await bench.records(collection);
    expect(records.map(({ text }) => text).toSorted()).toEqual(
      [post(1), post(2, 'é\\u0000'), post(3), '{"broken":'].toSorted(),
    );
    const ends: Record<string, number> = {};
    for (const { partition, offset } of records) ends[partition] = Math.max(ends[partition] ?? 0, offset + 1);
    expect(end).toMatchObject({ type: 'JobCompleted', data: { ends, collected: { records: 4 } } });
  });

  it('gives a job one runner, who announces himself before anything else', async () => {
    const { job } = await bench.upload({ 'a.jsonl': posts(1, 2_000) });
    await bench.end(job);
    const types = typesOf(await bench.jobEvents(job));
    expect(types.slice(0, 3)).toEqual(['JobSubmitted', 'JobClaimed', 'SourceOpened']);
    expect(types.filter((type) => type === 'JobClaimed')).toHaveLength(1);
    expect(types.filter((type) => type === 'JobCompleted')).toHaveLength(1);
  });

  it('goes on with another runner when the first one has lost his lease, and loses nothing', async () => {
    const startedAt = new Date().toISOString();
    const spec = { kind: 'demo', seed: 5, posts: 120, burst: 20, rate: 30, startedAt } as const;
    const { job, collection } = await bench.submit(spec, 'lost-lease');
    const db = await openDataSource({ url: bench.postgres.url, application: 'test' });
    while (!typesOf(await bench.jobEvents(job)).includes('SourceOpened'))
      await new Promise((go) => setTimeout(go, 20));
    await sqlOf(db)(`update ingest.leases set expires_at = now() - interval '1 s' where task = $1`, [job]);
    expect((await bench.end(job)).type).toBe('JobCompleted');
    await db.destroy();
    const claims = (await bench.jobEvents(job)).flatMap((event) =>
      event.type === 'JobClaimed' ? [event.data.epoch] : [],
    );
    expect(claims).toEqual([1, 2]);
    const ids = new Set((await bench.records(collection)).map(({ meta }) => meta.identity?.id));
    expect(ids.size).toBe(120);
  });

  it('cancels a job that runs, with the ends of what it has sent', async () => {
    const startedAt = new Date().toISOString();
    const spec = { kind: 'demo', seed: 6, posts: 10_000, burst: 50, rate: 1, startedAt } as const;
    const { job, collection } = await bench.submit(spec, 'cancelled');
    while ((await bench.records(collection)).length < 50) await new Promise((go) => setTimeout(go, 50));
    await bench.events.write('JobCancelRequested', { job });
    const end = await bench.end(job);
    expect(end.type).toBe('JobCancelled');
    expect(Object.values((end.data as { ends: Record<string, number> }).ends).length).toBeGreaterThan(0);
  });

  it('decides the origin of a collection by its first post, once for all its jobs', async () => {
    const simulated = `{"simulated":{"generator":"murmuration","seed":1},${post(9).slice(1)}`;
    const first = await bench.upload({ 'a.jsonl': simulated });
    await bench.end(first.job);
    const second = await bench.upload({ 'b.jsonl': post(10) }, first.collection);
    await bench.end(second.job);
    const records = await bench.records(first.collection);
    expect(records.map(({ meta }) => [meta.job === first.job, meta.identity?.platform, meta.origin])).toEqual(
      expect.arrayContaining([
        [true, 'simulated-x', 'simulated'],
        [false, 'x', 'simulated'],
      ]),
    );
  });

  it('fails a job whose files hold no posts, with a sentence, and sends nothing of them', async () => {
    const { job, collection } = await bench.upload({ 'shopping.txt': 'bread\nmilk\n' });
    const end = await bench.end(job);
    expect(end).toMatchObject({ type: 'JobFailed', data: { error: expect.stringMatching(/[a-z].*\./) } });
    expect(await bench.records(collection)).toEqual([]);
    const empty = await bench.upload({ 'empty.jsonl': '' });
    expect(await bench.end(empty.job)).toMatchObject({ type: 'JobFailed' });
  });

  it('ends the jobs of a collection that is deleted, and marks the deletion in every partition', async () => {
    const startedAt = new Date().toISOString();
    const spec = { kind: 'demo', seed: 7, posts: 10_000, burst: 20, rate: 1, startedAt } as const;
    const { job, collection } = await bench.submit(spec, 'deleted');
    while ((await bench.records(collection)).length < 20) await new Promise((go) => setTimeout(go, 50));
    await bench.events.write('CollectionDeleteRequested', { collection });
    expect((await bench.end(job)).type).toBe('JobCancelled');
    const markers = async () =>
      (await bench.records(collection)).filter(({ meta }) => meta.format === 'marker');
    while ((await markers()).length < topics.raw.partitions) await new Promise((go) => setTimeout(go, 50));
    expect(new Set((await markers()).map(({ partition }) => partition)).size).toBe(topics.raw.partitions);
  });

  it('sends a rejected record once more, naming the one it repeats', async () => {
    const { job, collection } = await bench.upload({ 'a.jsonl': `${post(20)}\n{"nothing":1}\n` });
    await bench.end(job);
    const rejected = (await bench.records(collection)).find(({ text }) => text === '{"nothing":1}');
    const place = { partition: rejected?.partition ?? -1, offset: rejected?.offset ?? -1 };
    const replay = await bench.submit({ kind: 'replay', rejections: [place] }, collection);
    await bench.end(replay.job);
    const again = (await bench.records(collection)).find(({ meta }) => meta.job === replay.job);
    expect(again).toMatchObject({ text: '{"nothing":1}', meta: { replayOf: place } });
  });
});
