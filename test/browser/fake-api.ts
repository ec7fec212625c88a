import { createReadStream, existsSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

import { countAuthors, countBins, countKeys, countReposts, filterPosts, keysOf } from './fake-lists.js';
import { type FakeCollection, collectionView, counted, jobView, makeCollection } from './fake-state.js';

/** What the gateway must send as well: the page has to work under it. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

export interface FakeApi {
  readonly url: string;
  readonly collections: FakeCollection[];
  readonly rebuilds: Record<string, unknown>[];
  /** Bodies of what was asked for with POST, PATCH and DELETE, as `METHOD path body`. */
  readonly asked: string[];
  postsLastMinute: number;
  /** Posts that a running import counts at each look at the status. */
  pace: number;
  /** Every call of the API ends with this problem while it is set. */
  problem: { status: number; title: string; detail: string } | null;
  /** Stops listening and cuts open connections; `comeBack` listens on the same port again. */
  goAway: () => Promise<void>;
  comeBack: () => Promise<void>;
  close: () => Promise<void>;
}

interface Call {
  readonly api: FakeApi;
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

type Answer = readonly [status: number, body: unknown];

const missing: Answer = [
  404,
  {
    type: 'about:blank',
    title: 'There is no such collection',
    status: 404,
    detail: 'It may have been deleted.',
  },
];

function pageOf(items: readonly unknown[], query: URLSearchParams): Answer {
  const limit = Number(query.get('limit') ?? 100);
  const from = Number(query.get('cursor') ?? 0);
  const next = from + limit < items.length ? String(from + limit) : null;
  return [200, { items: items.slice(from, from + limit), next }];
}

/** Each look moves what is being imported on a bit: time is what the page asks, not the clock. */
function advance(api: FakeApi): void {
  for (const collection of api.collections) {
    if (collection.job.state !== 'running') continue;
    const before = collection.counted;
    collection.counted = Math.min(collection.all.length, before + api.pace);
    api.postsLastMinute += collection.counted - before;
    if (api.pace > 0 && collection.counted === collection.all.length) collection.job.state = 'completed';
  }
}

function status(api: FakeApi): Answer {
  advance(api);
  const posts = api.collections.reduce((sum, one) => sum + one.counted, 0);
  const behind = api.collections.some(({ job }) => job.state === 'running') ? 240 : 0;
  return [
    200,
    {
      version: '0.1.0',
      url: api.url,
      generation: 7,
      collections: api.collections.length,
      posts,
      postsLastMinute: api.postsLastMinute,
      records: posts + behind,
      counted: posts,
      now: '2026-11-21T14:20:08.000Z',
    },
  ];
}

function submit({ api, body }: Call): Answer {
  const text = body.toString();
  const name = /name="name"\r\n\r\n([^\r]+)/.exec(text)?.[1];
  const file = /filename="([^"]+)"/.exec(text)?.[1] ?? 'demo';
  const into = /name="collection"\r\n\r\n([^\r]+)/.exec(text)?.[1];
  const known = api.collections.find(({ id }) => id === into);
  if (known) {
    known.job.state = 'running';
    return [202, jobView(known)];
  }
  const id = `new-${api.collections.length}`;
  const made = makeCollection({
    id,
    name: name ?? (file === 'demo' ? 'A made-up storm' : file),
    file,
    posts: 600,
    seed: 21,
    from: '2026-11-20T00:00:00.000Z',
    hours: 30,
    state: 'running',
    share: 0,
    rejected: 2,
    kind: file === 'demo' ? 'demo' : 'upload',
  });
  api.collections.unshift(made);
  return [202, jobView(made)];
}

function listOf(collection: FakeCollection, what: string, query: URLSearchParams): Answer | null {
  const posts = counted(collection);
  if (what in keysOf) return pageOf(countKeys(posts, what), query);
  switch (what) {
    case 'authors':
      return pageOf(countAuthors(posts), query);
    case 'reposts':
      return pageOf(countReposts(posts), query);
    case 'timeline':
      return [
        200,
        {
          bucket: query.get('bucket') ?? 'hour',
          items: countBins(filterPosts(posts, query), query.get('bucket') ?? 'hour'),
        },
      ];
    case 'geo':
      return pageOf(
        posts.flatMap(({ geo, platform, id }) => (geo ? [{ platform, postId: id, ...geo }] : [])),
        query,
      );
    case 'posts': {
      const found = filterPosts(posts, query);
      return pageOf(found, query);
    }
    case 'rejections':
      return pageOf(
        collection.rejections.filter(({ reason }) => !query.has('reason') || reason === query.get('reason')),
        query,
      );
    default:
      return null;
  }
}

function ofCollection(call: Call): Answer {
  const { api, method, path, query, body } = call;
  const [, id, what, more] = path;
  const collection = api.collections.find((one) => one.id === id);
  if (!collection) return missing;
  if (what === undefined) {
    if (method === 'DELETE') api.collections.splice(api.collections.indexOf(collection), 1);
    if (method === 'PATCH') collection.name = (JSON.parse(body.toString()) as { name: string }).name;
    return [method === 'DELETE' ? 202 : 200, collectionView(collection)];
  }
  if (what === 'rejections' && more === 'replay') return [202, jobView(collection)];
  if (what === 'posts' && more !== undefined) {
    const post = collection.all.find(({ ref }) => ref === more);
    const raw = { id_str: post?.id, full_text: post?.text, lang: post?.lang };
    return post
      ? [200, { ...post, raw, rawText: JSON.stringify(raw), rawPlace: { partition: 3, offset: 1207 } }]
      : missing;
  }
  return listOf(collection, what, query) ?? missing;
}

function ask(api: FakeApi, kind: string, body: Buffer): Answer {
  const from = (JSON.parse(body.toString() || '{}') as { from?: string }).from ?? 'enriched';
  const made = {
    id: `r${api.rebuilds.length}`,
    kind,
    from,
    state: 'replaying',
    progress: { done: 6_390, total: 9_000 },
    compared: null,
    differences: [],
    error: null,
    requestedAt: '2026-11-21T14:19:00.000Z',
    changedAt: '2026-11-21T14:20:00.000Z',
  };
  api.rebuilds.unshift(made);
  return [202, made];
}

function answer(call: Call): Answer {
  const { api, method, path, query, body } = call;
  if (api.problem) return [api.problem.status, { type: 'about:blank', ...api.problem }];
  switch (path[0]) {
    case 'status':
      return status(api);
    case 'jobs': {
      const job = api.collections.find((one) => one.job.id === path[1])?.job;
      if (job && path[2] === 'cancel') job.state = 'cancelled';
      if (method === 'POST' && path.length === 1) return submit(call);
      const wanted = api.collections.filter(
        ({ id }) => !query.has('collection') || id === query.get('collection'),
      );
      return pageOf(wanted.map(jobView), query);
    }
    case 'collections':
      return path.length === 1 ? pageOf(api.collections.map(collectionView), query) : ofCollection(call);
    case 'rebuilds':
      return method === 'POST' ? ask(api, 'rebuild', body) : pageOf(api.rebuilds, query);
    case 'verifications':
      return ask(api, 'verification', body);
    default:
      return missing;
  }
}

function sendFile(root: string, path: string, response: ServerResponse): void {
  const wanted = normalize(join(root, path));
  const file =
    wanted.startsWith(root) && extname(wanted) !== '' && existsSync(wanted)
      ? wanted
      : join(root, 'index.html');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  });
  createReadStream(file).pipe(response);
}

async function handle(
  api: FakeApi,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://page');
  if (!url.pathname.startsWith('/api/v1/')) {
    sendFile(root, url.pathname, response);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const method = request.method ?? 'GET';
  if (method !== 'GET') api.asked.push(`${method} ${url.pathname} ${body.toString().slice(0, 2_000)}`);
  const path = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent);
  const [code, value] = answer({ api, method, path, query: url.searchParams, body });
  response.writeHead(code, { 'content-type': code < 400 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(value));
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const shut = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** A small stand-in for the gateway, for states that are hard to reach with the real one. `root`: the built page. */
export async function startFakeApi(root: string, collections: FakeCollection[]): Promise<FakeApi> {
  const make = (): Server => createServer((request, response) => void handle(api, root, request, response));
  let server = make();
  let port = 0;
  const api: FakeApi = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    collections,
    rebuilds: [],
    asked: [],
    postsLastMinute: 0,
    pace: 0,
    problem: null,
    goAway: () => shut(server),
    async comeBack() {
      server = make();
      await listen(server, port);
    },
    close: () => shut(server),
  };
  port = await listen(server, 0);
  return api;
}
