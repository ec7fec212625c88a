import { countAuthors, countKeys } from './fake-lists.js';
import { type FakePost, makePosts } from './fake-posts.js';

export interface FakeCollection {
  readonly id: string;
  name: string;
  readonly origin: 'real' | 'simulated';
  readonly all: readonly FakePost[];
  /** How many of `all` are counted by now. */
  counted: number;
  readonly rejections: FakeRejection[];
  readonly controls: Record<string, number>;
  readonly createdAt: string;
  readonly job: FakeJob;
}

export interface FakeRejection {
  id: string;
  file: string;
  line: number | null;
  offset: number | null;
  reason: string;
  detail: string;
  excerpt: string;
  bytes: number;
  receivedAt: string;
}

export interface FakeJob {
  readonly id: string;
  readonly kind: 'upload' | 'demo' | 'replay';
  state: string;
  reason: string | null;
  readonly file: string;
  readonly bytes: number;
  readonly at: string;
}

const NOW = '2026-11-21T14:20:08.000Z';

export function rejectionsOf(file: string, n: number): FakeRejection[] {
  const kinds = [
    [
      'shape',
      'A list of tags was expected in note_tweet.richtext, an object was found.',
      '{"id":"1990871234567890123","note_tweet":{"text":"Pegelstand um 18 Uhr …","richtext":{"tags":[{"from_index":0',
    ],
    [
      'json',
      'The text breaks off after 1,024 bytes, within a string.',
      '{"created_at":"Thu Nov 19 21:12:04 +0000 2026","id_str":"19908713","text":"<img src=x onerror=alert(1)> the text breaks',
    ],
    ['not_a_post', 'A number was found where a post should be.', '42'],
  ] as const;
  return Array.from({ length: n }, (_, i) => {
    const [reason, detail, excerpt] = kinds[i % 12 < 7 ? 0 : i % 12 < 10 ? 1 : 2] ?? kinds[0];
    return {
      id: `${i % 12}:${204_881 + i}`,
      file,
      line: 17 + i * 311,
      offset: 40_233 + i * 99_001,
      reason,
      detail,
      excerpt,
      bytes: 1024 + i,
      receivedAt: NOW,
    };
  });
}

interface Made {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly posts: number;
  readonly seed: number;
  readonly from: string;
  readonly hours: number;
  readonly state: string;
  readonly reason?: string;
  readonly share?: number;
  readonly rejected?: number;
  readonly kind?: FakeJob['kind'];
}

export function makeCollection(made: Made): FakeCollection {
  const all = makePosts(made);
  return {
    id: made.id,
    name: made.name,
    origin: made.kind === 'demo' ? 'simulated' : 'real',
    all,
    counted: Math.round(all.length * (made.share ?? 1)),
    rejections: rejectionsOf(made.file, made.rejected ?? 0),
    controls: made.posts > 0 ? { delete: 3, limit: 1 } : {},
    createdAt: made.from,
    job: {
      id: `job-${made.id}`,
      kind: made.kind ?? 'upload',
      state: made.state,
      reason: made.reason ?? null,
      file: made.file,
      bytes: made.posts * 3_210 + 1,
      at: made.from,
    },
  };
}

export function demoCollections(): FakeCollection[] {
  return [
    makeCollection({
      id: 'benedikt',
      name: 'Storm Benedikt',
      file: 'benedikt-2026-11.jsonl.gz',
      posts: 9_000,
      seed: 7,
      from: '2026-11-17T06:00:00.000Z',
      hours: 104,
      state: 'completed',
      rejected: 12,
    }),
    makeCollection({
      id: 'museum',
      name: 'Museum night 2019',
      file: 'museumnight-2019.jsonl.gz',
      posts: 4_000,
      seed: 3,
      from: '2019-11-02T12:00:00.000Z',
      hours: 30,
      state: 'running',
      share: 0.62,
    }),
    makeCollection({
      id: 'koyo',
      name: '紅葉 2026',
      file: '紅葉.zip',
      posts: 900,
      seed: 5,
      from: '2026-10-01T00:00:00.000Z',
      hours: 1_200,
      state: 'completed',
    }),
    makeCollection({
      id: 'leiden',
      name: 'Leiden votes',
      file: 'leiden.csv',
      posts: 0,
      seed: 6,
      from: '2026-11-20T10:00:00.000Z',
      hours: 1,
      state: 'failed',
      reason: 'leiden.csv holds no posts: it starts like a table of text, not like JSON.',
    }),
    makeCollection({
      id: 'nowruz',
      name: 'نوروز ۱۴۰۵',
      file: 'nowruz.json',
      posts: 700,
      seed: 9,
      from: '2026-03-15T00:00:00.000Z',
      hours: 400,
      state: 'completed',
      rejected: 1,
    }),
    makeCollection({
      id: 'mine',
      name: 'My posts, 2009 – 2026',
      file: 'twitter-archive-2026.zip',
      posts: 1_700,
      seed: 8,
      from: '2009-05-01T00:00:00.000Z',
      hours: 151_000,
      state: 'completed',
      rejected: 2,
    }),
    makeCollection({
      id: 'demo',
      name: 'A made-up storm',
      file: 'demo',
      posts: 1_500,
      seed: 11,
      from: '2026-11-21T09:00:00.000Z',
      hours: 5,
      state: 'completed',
      kind: 'demo',
    }),
    makeCollection({
      id: 'empty',
      name: 'Nothing in here',
      file: 'empty.jsonl',
      posts: 0,
      seed: 12,
      from: '2026-11-21T09:30:00.000Z',
      hours: 1,
      state: 'cancelled',
    }),
  ];
}

export const counted = (collection: FakeCollection): readonly FakePost[] =>
  // The newest come last in a file, so the oldest are counted first.
  collection.counted === collection.all.length
    ? collection.all
    : collection.all.slice(collection.all.length - collection.counted);

export function collectionView(collection: FakeCollection): Record<string, unknown> {
  const posts = counted(collection);
  const lists = ['hashtags', 'mentions', 'urls', 'domains', 'media', 'languages', 'sources'];
  const reasons: Record<string, number> = {};
  for (const { reason } of collection.rejections) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    id: collection.id,
    name: collection.name,
    origin: posts.length > 0 ? collection.origin : null,
    settled: !['running', 'queued'].includes(collection.job.state),
    jobs: [collection.job.id],
    createdAt: collection.createdAt,
    totals: {
      posts: posts.length,
      duplicates: posts.reduce((sum, post) => sum + post.duplicates, 0),
      rejections: collection.rejections.length,
      rejectionReasons: reasons,
      authors: countAuthors(posts).length,
      controls: collection.controls,
      withMedia: posts.filter((post) => post.media.length > 0).length,
      located: posts.filter((post) => post.geo).length,
      exactlyLocated: posts.filter((post) => post.geo?.exact).length,
      distinct: Object.fromEntries(lists.map((list) => [list, countKeys(posts, list).length])),
      firstPostAt: posts[posts.length - 1]?.createdAt ?? null,
      lastPostAt: posts[0]?.createdAt ?? null,
    },
  };
}

export function jobView({ id, job, all, counted: n }: FakeCollection): Record<string, unknown> {
  const share = all.length === 0 ? 1 : n / all.length;
  const ended = ['completed', 'failed', 'cancelled'].includes(job.state);
  const records = { done: n, total: ended ? n : null, unit: 'records', error: null };
  return {
    id: job.id,
    kind: job.kind,
    collection: id,
    state: job.state,
    reason: job.reason,
    until: null,
    stages: {
      upload: { done: job.bytes, total: job.bytes, unit: 'bytes', error: null },
      collect: {
        done: Math.round(job.bytes * share),
        total: job.bytes,
        unit: 'bytes',
        error: job.state === 'failed' ? job.reason : null,
      },
      enrich: records,
      count: records,
    },
    sources: job.kind === 'demo' ? [] : [{ id: 's1', name: job.file, bytes: job.bytes }],
    submittedAt: job.at,
    changedAt: job.at,
  };
}
