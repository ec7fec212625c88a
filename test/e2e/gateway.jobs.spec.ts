import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Collection, type Job, type Page, type Problem } from '#libs/api';
import { type JobEvent } from '#libs/events';

import { TestGateway } from './gateway-harness.js';

const lines = '{"id_str":"1"}\n{"id_str":"2"}\n';
const settled = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await new Promise((next) => setImmediate(next));
};

describe('asking for jobs', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await TestGateway.start();
  }, 60_000);
  afterAll(() => gateway?.stop());

  const newEvents = async (work: () => Promise<unknown>): Promise<JobEvent[]> => {
    const before = gateway.log.events.length;
    await work();
    return gateway.log.events.slice(before);
  };
  const problem = async (response: Response, status: number): Promise<Problem> => {
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const body = (await response.json()) as Problem;
    expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(response.status).toBe(status);
    return body;
  };

  it('takes files in byte order of their paths, keeps them, and says where the job is', async () => {
    let response: Response | undefined;
    const events = await newEvents(async () => {
      response = await gateway.upload({ 'b/2.jsonl': 'second\n', 'a/10.jsonl': lines, 'ä.jsonl': 'x' });
    });
    expect(response?.status).toBe(202);
    const job = (await response?.json()) as Job;
    expect(response?.headers.get('location')).toBe(`/api/v1/jobs/${job.id}`);
    const [created, submitted] = events;
    expect(created).toMatchObject({
      type: 'CollectionCreated',
      data: { collection: job.collection, name: '10 and 2 more', origin: null },
    });
    if (submitted?.type !== 'JobSubmitted' || submitted.data.spec.kind !== 'upload')
      throw new Error('no upload');
    const { files } = submitted.data.spec;
    expect(files.map(({ name }) => name)).toEqual(['a/10.jsonl', 'b/2.jsonl', 'ä.jsonl']);
    expect(files[0]).toMatchObject({
      bytes: lines.length,
      sha256: createHash('sha256').update(lines).digest('hex'),
    });
    expect(await readFile(join(gateway.blobs, files[0]?.blob ?? ''), 'utf8')).toBe(lines);
  });

  it('shows job and collection from the first moment on, before and after the tables have them', async () => {
    const job = (await (
      await gateway.upload({ 'storm.jsonl': lines }, { fields: { name: 'Storm' } })
    ).json()) as Job;
    const look = async () => ({
      job: await gateway.get<Job>(`/api/v1/jobs/${job.id}`),
      collection: await gateway.get<Collection>(`/api/v1/collections/${job.collection}`),
      jobs: (await gateway.get<Page<Job>>('/api/v1/jobs')).items.map(({ id }) => id),
      collections: (await gateway.get<Page<Collection>>('/api/v1/collections')).items.map(({ id }) => id),
      hashtags: await gateway.get(`/api/v1/collections/${job.collection}/hashtags`),
    });
    const before = await look();
    expect(before.job).toMatchObject({ state: 'queued', kind: 'upload', collection: job.collection });
    expect(before.collection).toMatchObject({ name: 'Storm', settled: false, jobs: [job.id], origin: null });
    expect(before.jobs[0]).toBe(job.id);
    expect(before.collections[0]).toBe(job.collection);
    expect(before.hashtags).toEqual({ items: [], next: null });
    await gateway.project();
    expect(await gateway.sql('select 1 from gateway.requests where not projected')).toEqual([]);
    expect(await look()).toEqual(before);
  });

  it('does the same request once, whatever its retries', async () => {
    const headers = { 'idempotency-key': 'one' };
    const first = (await (await gateway.upload({ 'a.jsonl': lines }, { headers })).json()) as Job;
    const blobs = await gateway.blobNames();
    const events = await newEvents(async () => {
      const again = await gateway.upload({ 'a.jsonl': lines }, { headers });
      expect(again.status).toBe(202);
      expect(await again.json()).toEqual(first);
    });
    expect(events).toEqual([]);
    expect(await gateway.blobNames()).toEqual(blobs);
    const other = await gateway.upload({ 'a.jsonl': 'other' }, { headers });
    expect((await problem(other, 422)).title).toContain('Idempotency-Key');
    expect(await gateway.blobNames()).toEqual(blobs);
    await problem(await gateway.send('POST', '/api/v1/jobs', { kind: 'demo' }, headers), 422);
  });

  it('makes one job of a request that arrives several times at once', async () => {
    const blobs = await gateway.blobNames();
    const headers = { 'idempotency-key': 'at once' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => (await gateway.upload({ 'a.jsonl': lines }, { headers })).json()),
    );
    expect(new Set((answers as Job[]).map(({ id }) => id)).size).toBe(1);
    expect(await gateway.blobNames()).toHaveLength(blobs.length + 1);
  });

  it('answers before it has all of a large file for which there is no collection', async () => {
    const blobs = await gateway.blobNames();
    const large = { 'large.jsonl': lines.repeat(1_000_000) };
    await problem(await gateway.upload(large, { fields: { collection: 'nowhere' } }), 404);
    await problem(await gateway.upload(large, { fields: { wrong: 'x' } }), 422);
    expect(await gateway.blobNames()).toEqual(blobs);
  });

  it('writes a request down before the log has it, and produces it later under the same ids', async () => {
    gateway.log.broken = true;
    const headers = { 'idempotency-key': 'two' };
    expect((await gateway.upload({ 'late.jsonl': lines }, { headers })).status).toBe(500);
    gateway.log.broken = false;
    const [row] = await gateway.sql<{ subject: string; events: JobEvent[] }>(
      `select subject, events from gateway.requests where idempotency_key = 'two'`,
    );
    expect(await gateway.get<Job>(`/api/v1/jobs/${row?.subject}`)).toMatchObject({ state: 'queued' });
    const produced = await newEvents(() => gateway.requests.sweep(0));
    expect(produced).toEqual(row?.events);
    expect(await newEvents(() => gateway.requests.sweep(0))).toEqual([]);
    const again = await gateway.upload({ 'late.jsonl': lines }, { headers });
    expect(((await again.json()) as Job).id).toBe(row?.subject);
  });

  it('makes no job of an upload that is cut off, and keeps none of its bytes', async () => {
    const blobs = await gateway.blobNames();
    const requests = await gateway.sql('select id from gateway.requests');
    const { port } = new URL(gateway.address);
    const socket = connect(Number(port), '127.0.0.1');
    const boundary = 'cut';
    socket.write(
      `POST /api/v1/jobs HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000000\r\n` +
        `content-type: multipart/form-data; boundary=${boundary}\r\n\r\n--${boundary}\r\n` +
        `content-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n${lines.repeat(1_000)}`,
    );
    await settled(async () => (await gateway.blobNames()).length > blobs.length);
    socket.destroy();
    await settled(async () => (await gateway.blobNames()).length === blobs.length);
    expect(await gateway.blobNames()).toEqual(blobs);
    expect(await gateway.sql('select id from gateway.requests')).toEqual(requests);
  });

  it('answers a form without its end with a problem, and keeps nothing', async () => {
    const blobs = await gateway.blobNames();
    const response = await gateway.fetch('/api/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: `--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nbytes without an end`,
    });
    await problem(response, 400);
    expect(await gateway.blobNames()).toEqual(blobs);
  });

  it('says what is wrong with what it does not take', async () => {
    const blobs = await gateway.blobNames();
    const post = (headers: Record<string, string>, body: string) =>
      gateway.fetch('/api/v1/jobs', { method: 'POST', headers, body });
    const json = { 'content-type': 'application/json' };
    expect((await problem(await gateway.upload({ 'a.jsonl': '' }), 422)).detail).toContain('empty');
    expect((await problem(await gateway.upload({}), 422)).detail).toContain('"file"');
    await problem(await gateway.upload({ a: 'x' }, { fields: { surprise: '1' } }), 422);
    await problem(await gateway.upload({ a: lines }, { fields: { collection: 'nowhere' } }), 404);
    await problem(await post(json, '{"kind":'), 400);
    await problem(await post(json, ''), 400);
    await problem(await post({ 'content-type': 'text/xml' }, '<a/>'), 415);
    await problem(await post({ 'content-type': 'application/x-www-form-urlencoded' }, 'kind=demo'), 415);
    await problem(await post(json, JSON.stringify({ kind: 'demo', name: 'x'.repeat(2_000_000) })), 413);
    const fields = await problem(
      await gateway.send('POST', '/api/v1/jobs', { kind: 'demo', posts: 1e99, rate: 'x' }),
      422,
    );
    expect(fields.errors?.map(({ field }) => field)).toEqual(['posts', 'rate']);
    await problem(await gateway.send('POST', '/api/v1/jobs', { kind: 'demo', collection: 'nowhere' }), 404);
    await problem(await gateway.fetch('/api/v1/jobs/nowhere'), 404);
    await problem(await gateway.fetch('/api/v1/nowhere'), 404);
    await problem(await gateway.fetch('/api/v1/jobs/%zz'), 400);
    await problem(await gateway.fetch(`/api/v1/jobs/${'x'.repeat(1_000)}`), 404);
    await problem(await gateway.fetch('/api/v1/jobs?limit=0'), 422);
    await problem(await gateway.fetch('/api/v1/jobs?limit=999999999999999999999'), 422);
    await problem(await gateway.fetch('/api/v1/jobs?cursor=nonsense'), 422);
    expect(await gateway.blobNames()).toEqual(blobs);
  });

  it('plays made-up posts into a collection that says so from the start', async () => {
    const job = (await (await gateway.send('POST', '/api/v1/jobs', { kind: 'demo', seed: 7 })).json()) as Job;
    expect(job).toMatchObject({ kind: 'demo', state: 'queued' });
    expect(await gateway.get<Collection>(`/api/v1/collections/${job.collection}`)).toMatchObject({
      origin: 'simulated',
      name: expect.stringContaining('Demo'),
    });
  });

  it('never mixes made-up posts with real ones', async () => {
    const { collection } = (await (await gateway.upload({ 'r.jsonl': lines })).json()) as Job;
    await gateway.project();
    const at = new Date().toISOString();
    await gateway.foldEvents([
      {
        id: 'o',
        type: 'CollectionOriginDecided',
        version: 1,
        occurredAt: at,
        receivedAt: at,
        data: { collection, origin: 'real' },
      },
    ]);
    await problem(await gateway.send('POST', '/api/v1/jobs', { kind: 'demo', collection }), 409);
    expect((await gateway.upload({ 'r.jsonl': lines }, { fields: { collection } })).status).toBe(202);
  });

  it('cancels a job once, and not one that has ended', async () => {
    const job = (await (await gateway.upload({ 'c.jsonl': lines })).json()) as Job;
    const events = await newEvents(async () => {
      const cancelled = await gateway.send('POST', `/api/v1/jobs/${job.id}/cancel`, {});
      expect(cancelled.status).toBe(202);
      expect((await cancelled.json()) as Job).toMatchObject({
        reason: expect.stringContaining('being cancelled'),
      });
      await gateway.send('POST', `/api/v1/jobs/${job.id}/cancel`, {});
    });
    expect(events).toMatchObject([{ type: 'JobCancelRequested', data: { job: job.id } }]);
    await gateway.project();
    const at = new Date().toISOString();
    const envelope = { id: 'x', version: 1, occurredAt: at, receivedAt: at } as const;
    await gateway.foldEvents([
      { ...envelope, type: 'JobClaimed', data: { job: job.id, epoch: 1, holder: 'h' } },
      { ...envelope, type: 'JobCancelled', data: { job: job.id, epoch: 1, ends: {} } },
    ]);
    expect(await gateway.get<Job>(`/api/v1/jobs/${job.id}`)).toMatchObject({
      state: 'cancelled',
      reason: null,
    });
    await problem(await gateway.send('POST', `/api/v1/jobs/${job.id}/cancel`, {}), 409);
    await problem(await gateway.send('POST', '/api/v1/jobs/nowhere/cancel', {}), 404);
  });

  it('renames and deletes a collection at once, for every reader', async () => {
    const job = (await (await gateway.upload({ 'd.jsonl': lines })).json()) as Job;
    const path = `/api/v1/collections/${job.collection}`;
    const renamed = await gateway.send('PATCH', path, { name: ' Märchen 🐦 ' });
    expect(await renamed.json()).toMatchObject({ name: 'Märchen 🐦' });
    await gateway.project();
    expect(await gateway.get<Collection>(path)).toMatchObject({ name: 'Märchen 🐦' });
    await problem(await gateway.send('PATCH', path, { name: '' }), 422);
    expect((await gateway.fetch(path, { method: 'DELETE' })).status).toBe(202);
    const looked = async () => {
      await problem(await gateway.fetch(path), 410);
      await problem(await gateway.fetch(`${path}/hashtags`), 410);
      await problem(await gateway.fetch(`${path}/hashtags.csv`), 410);
      await problem(
        await gateway.upload({ 'e.jsonl': lines }, { fields: { collection: job.collection } }),
        410,
      );
      const { items } = await gateway.get<Page<Collection>>('/api/v1/collections');
      expect(items.map(({ id }) => id)).not.toContain(job.collection);
    };
    await looked();
    await gateway.project();
    await looked();
    expect(await newEvents(() => gateway.fetch(path, { method: 'DELETE' }))).toEqual([]);
    await problem(await gateway.fetch('/api/v1/collections/nowhere', { method: 'DELETE' }), 404);
  });

  it('pages jobs and collections to their end, those that the tables lack between the others', async () => {
    await gateway.project();
    for (let i = 0; i < 4; i += 1) await gateway.send('POST', '/api/v1/jobs', { kind: 'demo', seed: i });
    for (const list of ['jobs', 'collections']) {
      const whole = await gateway.get<Page<{ id: string }>>(`/api/v1/${list}?limit=1000`);
      const paged: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: Page<{ id: string }> = await gateway.get(
          `/api/v1/${list}?limit=2${next === '' ? '' : `&cursor=${next}`}`,
        );
        paged.push(...page.items.map(({ id }) => id));
        next = page.next;
      }
      expect(paged).toEqual(whole.items.map(({ id }) => id));
      expect(new Set(paged).size).toBe(paged.length);
      expect(paged.length).toBeGreaterThan(4);
    }
  });
});
