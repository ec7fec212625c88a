import 'reflect-metadata';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Page, type Problem, type Rebuild, type Status } from '#libs/api';
import { sqlOf } from '#libs/db';

import { accessToken } from '../../apps/gateway/http/access-token.js';
import { hashToken } from '../../apps/gateway/http/harden.js';
import { TestGateway } from './gateway-harness.js';

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: object }[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, { readonly content?: Record<string, { schema?: unknown }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

/** With headers that `fetch` would not send. */
const rawGet = (address: string, headers: Record<string, string>) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(address, { headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });

const pathParameters = ({ parameters = [] }: Operation): Set<string> =>
  new Set(parameters.filter((each) => each.in === 'path').map(({ name }) => name));
const namesIn = (path: string): Set<string> =>
  new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
const contentOf = (operation: Operation | undefined): string[] =>
  Object.keys(operation?.responses['200']?.content ?? {});
const parameterOf = (operation: Operation | undefined, name: string) =>
  operation?.parameters?.find((each) => each.name === name)?.schema;

describe('the server', () => {
  let gateway: TestGateway;
  let page: string;

  beforeAll(async () => {
    page = await mkdtemp(join(tmpdir(), 'murmuration-page-'));
    gateway = await TestGateway.start({ page });
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await rm(page, { recursive: true, force: true });
  });

  const html = { accept: 'text/html' };

  it('says what to do when the page is not built, and serves it at all its addresses when it is', async () => {
    const missing = await gateway.fetch('/', { headers: html });
    expect(missing.status).toBe(503);
    expect(((await missing.json()) as Problem).detail).toContain('npm run build');
    await mkdir(join(page, 'assets'));
    await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(page, 'assets', 'app-1.js'), 'export {};');
    for (const path of ['/', '/index.html', '/collections/abc/posts/x:x.com:1?q=a.b', '/%C3%A9']) {
      const response = await gateway.fetch(path, { headers: html });
      expect(await response.text()).toContain('<title>page</title>');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
    }
    const asset = await gateway.fetch('/assets/app-1.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await gateway.fetch('/assets/none.js')).status).toBe(404);
    expect((await rawGet(`${gateway.address}/..%2f..%2fetc%2fpasswd.txt`, {})).status).toBe(404);
  });

  it('documents every route, with schemas that lead somewhere', async () => {
    const document = await gateway.get<Document>('/api/openapi.json');
    expect(document.openapi).toMatch(/^3\./);
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ route: `${method} ${path}`, path, operation })),
    );
    const collection = '/api/v1/collections/{id}';
    const lists = [
      'hashtags',
      'mentions',
      'urls',
      'domains',
      'media',
      'languages',
      'sources',
      'authors',
      'reposts',
    ];
    const files = [
      ...lists,
      'geo',
      'timeline',
      'edges/hashtags',
      'edges/mentions',
      'posts',
      'post-ids',
      'rejections',
    ];
    expect(
      routes
        .map(({ route }) => route)
        .filter((route) => route.includes('/api/v1/'))
        .toSorted(),
    ).toEqual(
      [
        'post /api/v1/jobs',
        'get /api/v1/jobs',
        'get /api/v1/jobs/{id}',
        'post /api/v1/jobs/{id}/cancel',
        'get /api/v1/collections',
        `get ${collection}`,
        `patch ${collection}`,
        `delete ${collection}`,
        ...files.map((list) => `get ${collection}/${list}`),
        `get ${collection}/posts/{ref}`,
        `post ${collection}/rejections/replay`,
        'post /api/v1/rebuilds',
        'get /api/v1/rebuilds',
        'get /api/v1/rebuilds/{id}',
        'post /api/v1/verifications',
        'get /api/v1/verifications/{id}',
        'get /api/v1/status',
      ].toSorted(),
    );
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    for (const name of refs) expect(Object.keys(document.components.schemas)).toContain(name);
    expect(refs).toEqual(expect.arrayContaining(['Job', 'Collection', 'Count', 'Problem', 'SubmitJob']));
    expect(JSON.stringify(document)).not.toMatch(/"\$schema"|"\$defs"/);
    for (const { path, operation } of routes) {
      expect(Object.keys(operation.responses).length).toBeGreaterThan(1);
      expect(pathParameters(operation)).toEqual(namesIn(path));
    }
    const ids = routes.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const submit = document.paths['/api/v1/jobs']?.post;
    expect(Object.keys(submit?.requestBody?.content ?? {})).toEqual([
      'multipart/form-data',
      'application/json',
    ]);
    for (const list of files) {
      expect(contentOf(document.paths[`${collection}/${list}`]?.get)).toContain('text/csv');
    }
    const limit = parameterOf(document.paths[`${collection}/hashtags`]?.get, 'limit');
    expect(limit).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000, default: 100 });
    const docs = await gateway.fetch('/api/docs', { headers: html });
    expect(docs.status).toBe(200);
    expect(await docs.text()).toContain('swagger');
  });

  it('answers to its own names only, and to no page of another site', async () => {
    const status = `${gateway.address}/api/v1/status`;
    expect((await rawGet(status, { host: 'evil.example' })).status).toBe(421);
    expect((await rawGet(status, { host: 'localhost:1' })).status).toBe(200);
    expect((await rawGet(status, { host: '[::1]:1' })).status).toBe(200);
    const post = (origin: string) => gateway.send('POST', '/api/v1/verifications', {}, { origin });
    expect((await post('https://evil.example')).status).toBe(403);
    expect((await post('null')).status).toBe(403);
    expect((await post(gateway.address)).status).toBe(202);
  });

  it('tells how it is: health, metrics, status', async () => {
    expect((await gateway.fetch('/health/live')).status).toBe(200);
    expect((await gateway.fetch('/health/ready')).status).toBe(200);
    expect(await (await gateway.fetch('/metrics')).text()).toContain('murmuration_gateway_requests_total');
    const status = await gateway.get<Status>('/api/v1/status');
    expect(status).toMatchObject({ generation: 1, collections: 0, posts: 0, url: gateway.address });
  });

  it('asks for rebuilds and verifications, and shows them before and after the tables do', async () => {
    const response = await gateway.send('POST', '/api/v1/rebuilds', { from: 'raw' });
    expect(response.status).toBe(202);
    const rebuild = (await response.json()) as Rebuild;
    expect(response.headers.get('location')).toBe(`/api/v1/rebuilds/${rebuild.id}`);
    expect(rebuild).toMatchObject({ kind: 'rebuild', from: 'raw', state: 'queued', progress: { done: 0 } });
    const bare = await gateway.fetch('/api/v1/verifications', { method: 'POST' });
    expect(bare.status).toBe(202);
    const verification = (await bare.json()) as Rebuild;
    expect((await gateway.fetch('/api/v1/rebuilds', { method: 'POST' })).status).toBe(202);
    const look = () => gateway.get<Page<Rebuild>>('/api/v1/rebuilds');
    const before = await look();
    expect(before.items.map(({ id }) => id)).toEqual(expect.arrayContaining([rebuild.id, verification.id]));
    await gateway.project();
    const after = await look();
    expect(after).toEqual(before);
    await gateway.sql(
      `update aggregate.rebuilds set state = 'completed', done = 5, total = 5, changed_at = now(),
         compared = '{"tables":3,"rows":9,"differing":1}',
         differences = '[{"table":"posts","key":"a","live":"1","replayed":null}]' where id = $1`,
      [verification.id],
    );
    expect(await gateway.get<Rebuild>(`/api/v1/verifications/${verification.id}`)).toMatchObject({
      kind: 'verification',
      state: 'completed',
      progress: { done: 5, total: 5 },
      compared: { tables: 3, rows: 9, differing: 1 },
      differences: [{ table: 'posts', key: 'a', live: '1', replayed: null }],
    });
    expect((await gateway.fetch(`/api/v1/verifications/${rebuild.id}`)).status).toBe(404);
    expect((await gateway.send('POST', '/api/v1/rebuilds', { from: 'moon' })).status).toBe(422);
    const paged: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const path: string = `/api/v1/rebuilds?limit=1${next === '' ? '' : `&cursor=${next}`}`;
      const part: Page<Rebuild> = await gateway.get(path);
      paged.push(...part.items.map(({ id }) => id));
      next = part.next;
    }
    expect(paged).toEqual(after.items.map(({ id }) => id));
  });

  it('makes a token once for all gateways of a database, and keeps only its hash', async () => {
    const sql = sqlOf(gateway.database);
    const first = await accessToken(sql);
    const second = await accessToken(sql);
    expect(first.fresh).toMatch(/^[\w-]{32}$/);
    expect(second).toEqual({ hash: first.hash, fresh: null });
    expect(first.hash).toBe(hashToken(first.fresh ?? ''));
    expect(JSON.stringify(await sql('select * from gateway.settings'))).not.toContain(first.fresh);
  });
});

describe('a server that others can reach', () => {
  const token = 'a-token-of-some-length';
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await TestGateway.start({
      access: { tokenHash: () => hashToken(token), loopback: false, publicHost: null },
    });
  }, 60_000);
  afterAll(() => gateway?.stop());

  const status = (init: RequestInit = {}, query = '') => gateway.fetch(`/api/v1/status${query}`, init);

  it('asks every call for the token, but those of probes', async () => {
    const bare = await status();
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toContain('Bearer');
    expect(bare.headers.get('content-type')).toContain('application/problem+json');
    expect((await status({ headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await status({ headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await gateway.fetch('/metrics')).status).toBe(401);
    expect((await gateway.fetch('/api/openapi.json')).status).toBe(401);
    expect((await gateway.fetch('/health/live')).status).toBe(200);
    expect((await status({}, `?token=${encodeURIComponent(token)}`)).status).toBe(200);
  });

  it('takes it once from the address of the page, and keeps it in a cookie that scripts cannot read', async () => {
    const html = { accept: 'text/html' };
    const asked = await gateway.fetch('/', { headers: html });
    expect(asked.status).toBe(401);
    expect(await asked.text()).toContain('?token=');
    const opened = await gateway.fetch(`//evil.example/?a=1&token=${encodeURIComponent(token)}`, {
      headers: html,
      redirect: 'manual',
    });
    expect(opened.status).toBe(303);
    expect(opened.headers.get('location')).toBe('/evil.example/?a=1');
    const cookie = opened.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await status({ headers: { cookie: cookie.split(';', 1)[0] ?? '' } })).status).toBe(200);
  });
});
