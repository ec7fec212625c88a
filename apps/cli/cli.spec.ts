import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Collection, Job, Rebuild } from '#libs/api';

import { runCommand } from './program.js';

const at = '2026-11-21T10:00:00.000Z';
const stage = { done: 5, total: 5, unit: 'records' as const, error: null };
const job: Job = {
  id: 'job1',
  kind: 'upload',
  collection: 'c1',
  state: 'completed',
  reason: null,
  until: null,
  stages: { upload: stage, collect: stage, enrich: stage, count: stage },
  sources: [],
  submittedAt: at,
  changedAt: at,
};
const distinct = { hashtags: 2, mentions: 0, urls: 0, domains: 0, media: 0, languages: 1, sources: 1 };
const collection: Collection = {
  id: 'c1',
  name: 'Storm',
  origin: 'simulated',
  settled: true,
  jobs: ['job1'],
  totals: {
    posts: 1_204,
    duplicates: 1,
    rejections: 2,
    authors: 3,
    controls: { delete: 4 },
    withMedia: 1,
    located: 1,
    exactlyLocated: 0,
    distinct,
    firstPostAt: '2026-11-17T08:00:00.000Z',
    lastPostAt: '2026-11-21T09:30:00.000Z',
  },
  createdAt: at,
};
const done: Rebuild = {
  id: 'r1',
  kind: 'verification',
  from: 'enriched',
  state: 'completed',
  progress: { done: 9, total: 9 },
  compared: { tables: 3, rows: 40, differing: 0 },
  differences: [],
  error: null,
  requestedAt: at,
  changedAt: at,
};
const hashtags = [
  { key: 'benedikt', display: 'Benedikt', count: 31_904, posts: 31_000 },
  { key: '高潮', display: '高潮', count: 7, posts: 7 },
];

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
type Answer = readonly [status: number, body: unknown];
type Routes = Record<string, unknown>;

let folder: string;
let server: Server;
let url: string;
let heard: Heard[];
let routes: Routes;
/** Answers in turn, the last one for ever. */
const inTurn = (...answers: unknown[]) => {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)];
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'murmur-cli-'));
  heard = [];
  routes = {};
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const path = (request.url ?? '').replace('/api/v1', '');
      heard.push({ method: request.method ?? '', path, headers: request.headers, body });
      const found = routes[`${request.method} ${path.split('?')[0]}`];
      const answer: unknown = typeof found === 'function' ? found() : found;
      const [status, value] = isAnswer(answer) ? answer : [200, answer ?? { items: [], next: null }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const isAnswer = (value: unknown): value is Answer => Array.isArray(value) && typeof value[0] === 'number';

async function murmur(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal = { out, err, interactive: false };
  const pause = () => Promise.resolve();
  const code = await runCommand(args, { terminal, env: { MURMUR_URL: url }, pause });
  out.end();
  err.end();
  return { code, out: (await buffer(out)).toString(), err: (await buffer(err)).toString() };
}

const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('murmur import', () => {
  beforeEach(() => {
    routes = {
      'POST /jobs': [202, { ...job, state: 'queued' }],
      'GET /jobs/job1': inTurn({ ...job, state: 'running' }, job),
      'GET /collections/c1': inTurn({ ...collection, settled: false }, collection),
      'GET /collections/c1/hashtags': { items: hashtags, next: null },
    };
  });

  it('hands over the very bytes, waits until all is counted, and shows the summary', async () => {
    const content = Buffer.from([0xff, 0xfe, 0x0d, 0x0a, 0x00, ...Buffer.from('--boundary-like\r\n')]);
    const { code, out } = await murmur('import', file('a "b".jsonl', content), '--name', 'Storm');
    expect(code).toBe(0);
    const request = heard.find(({ method }) => method === 'POST');
    const headers = request?.headers ?? {};
    const body = request?.body ?? Buffer.alloc(0);
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    const sent = form.get('file') as File;
    expect(Buffer.from(await sent.arrayBuffer())).toEqual(content);
    expect(sent.name).toBe('a "b".jsonl');
    expect(form.get('name')).toBe('Storm');
    expect(headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/u);
    expect(out).toContain('#Benedikt');
    expect(out).toContain('31,904');
    expect(out).toContain('1,204 posts, 1 duplicate and 2 unreadable lines (see: murmur rejections c1)');
    expect(out).toContain('from 2026-11-17 08:00 to 2026-11-21 09:30 UTC');
  });

  it('takes a folder with what could hold posts, under paths from there', async () => {
    mkdirSync(join(folder, 'archive', 'data'), { recursive: true });
    for (const name of ['data/tweet.js', 'data/photo.jpg', '.hidden', 'b.json']) {
      file(`archive/${name}`, '{}');
    }
    const { code, err } = await murmur('import', join(folder, 'archive'));
    expect(code).toBe(0);
    const names = [...(heard[0]?.body.toString() ?? '').matchAll(/filename="([^"]+)"/gu)].map(
      ([, name]) => name,
    );
    expect(new Set(names)).toEqual(new Set(['archive/b.json', 'archive/data/tweet.js']));
    expect(err).toContain('1 picture or video left out');
  });

  it('says why a job failed, and ends with 1', async () => {
    routes['GET /jobs/job1'] = { ...job, state: 'failed', reason: 'x.bin holds no posts.' };
    const { code, err } = await murmur('import', file('x.bin', 'x'));
    expect(code).toBe(1);
    expect(err).toContain('The import failed. x.bin holds no posts.');
  });

  it('shows the answer of a server that refuses before it has read everything', async () => {
    server.removeAllListeners('request');
    server.on('request', (_, response) => {
      const problem = {
        type: 'about:blank',
        title: 'The disk is full.',
        status: 507,
        detail: 'Nothing was kept.',
      };
      response.writeHead(507, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    });
    const { code, err } = await murmur('import', file('big.jsonl', Buffer.alloc(30_000_000)));
    expect([code, err]).toEqual([1, 'The disk is full.\nNothing was kept.\n']);
  });

  it('names a file that is not there', async () => {
    const { code, err } = await murmur('import', join(folder, 'nothing'));
    expect(code).toBe(1);
    expect(err).toContain('There is no file or folder');
    expect(heard).toHaveLength(0);
  });

  it('prints job and collection as JSON, and nothing else, for machines', async () => {
    const { out, err } = await murmur('import', file('a.json', '{}'), '--json');
    expect(JSON.parse(out)).toEqual({ job, collection });
    expect(err).toBe('');
  });
});

describe('murmur verify', () => {
  it('says that replay and live tables are equal', async () => {
    routes['POST /verifications'] = [202, { ...done, state: 'queued', compared: null }];
    routes['GET /rebuilds/r1'] = inTurn({ ...done, state: 'replaying', compared: null }, done);
    const { code, out } = await murmur('verify');
    expect([code, out]).toEqual([0, 'Replay and live tables are equal: 40 rows in 3 tables compared.\n']);
  });

  it('prints each key that differs, without what could fool a terminal, and ends with 1', async () => {
    const difference = {
      table: 'counters',
      key: 'c1 hashtag \u001b[2Jx',
      live: '{"count":3}',
      replayed: null,
    };
    const compared = { tables: 3, rows: 40, differing: 1 };
    routes['POST /verifications'] = [202, { ...done, compared, differences: [difference] }];
    const { code, out, err } = await murmur('verify');
    expect(code).toBe(1);
    expect(out).toBe('counters c1 hashtag  [2Jx: live {"count":3}, replayed (missing)\n');
    expect(err).toContain('1 key of the live tables is not what the log says.');
  });
});

describe('murmur rebuild', () => {
  it('asks for the log that was named and tells what changed', async () => {
    routes['POST /rebuilds'] = [202, { ...done, kind: 'rebuild', from: 'raw' }];
    const { code, out } = await murmur('rebuild', '--from', 'raw');
    expect(code).toBe(0);
    expect(JSON.parse(heard[0]?.body.toString() ?? '')).toEqual({ from: 'raw' });
    expect(out).toContain('counted anew from the raw log (9 records)');
    expect(out).toContain('no row changed');
  });

  it('ends with 1 when it failed', async () => {
    routes['POST /rebuilds'] = [202, { ...done, state: 'failed', error: 'The disk is full.' }];
    expect(await murmur('rebuild')).toMatchObject({
      code: 1,
      err: expect.stringContaining('The disk is full.'),
    });
  });
});

describe('murmur', () => {
  it('reads lists to their end, page by page', async () => {
    routes['GET /collections'] = inTurn(
      { items: [collection], next: 'x y' },
      { items: [{ ...collection, id: 'c2' }], next: null },
    );
    const { out } = await murmur('collections');
    expect(out).toContain('c1');
    expect(out).toContain('c2');
    expect(heard[1]?.path).toContain('cursor=x%20y');
  });

  it('shows where each unreadable line is', async () => {
    const rejection = {
      id: '0:1',
      file: 'a.jsonl',
      line: 12,
      offset: 99,
      reason: 'json',
      bytes: 4,
      receivedAt: at,
    };
    routes['GET /collections/c1/rejections'] = {
      items: [{ ...rejection, detail: 'Ends too early.', excerpt: '{"a"' }],
      next: null,
    };
    const { out } = await murmur('rejections', 'c1');
    expect(out).toBe('a.jsonl:12: Ends too early. (json)\n    {"a"\n');
  });

  it('shows title and detail of a problem, and the fields at fault', async () => {
    routes['POST /jobs/j/cancel'] = [
      409,
      {
        type: 'x',
        title: 'Too late.',
        status: 409,
        detail: 'It is over.',
        errors: [{ field: 'id', message: 'ended' }],
      },
    ];
    expect(await murmur('cancel', 'j')).toMatchObject({
      code: 1,
      err: 'Too late.\nIt is over.\n  id: ended\n',
    });
  });

  it('sends the token, and asks for one when there is none', async () => {
    routes['GET /jobs'] = () => [401, { type: 'x', title: 'Who are you?', status: 401, detail: 'No token.' }];
    const { err } = await murmur('jobs', '--token', 'abc');
    expect(heard[0]?.headers.authorization).toBe('Bearer abc');
    expect(err).toContain('--token or MURMUR_TOKEN');
  });

  it('says what to start when nothing answers', async () => {
    await new Promise((resolve) => server.close(resolve));
    const { code, err } = await murmur('status');
    expect(code).toBe(1);
    expect(err).toContain(`Nothing answers at ${url} (ECONNREFUSED)`);
    expect(err).toContain('npm start');
    server.listen();
  });

  it('generates the posts that were asked for into a file', async () => {
    const out = join(folder, 'g.jsonl');
    const { code, err } = await murmur('generate', '--posts', '300', '--seed', '4', '--out', out);
    expect(code).toBe(0);
    expect(err).toContain('300 posts');
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('"created_at"')).length).toBeGreaterThanOrEqual(300);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('simulated.seed', 4);
  });

  it('refuses what it does not understand', async () => {
    expect((await murmur('generate', '--posts', 'many', '--seed', '1')).code).toBe(1);
    expect((await murmur('nonsense')).err).toContain('unknown command');
  });
});
