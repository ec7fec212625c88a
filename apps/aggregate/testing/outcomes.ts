import {
  type ControlSeen,
  type MarkerPassed,
  type Outcome,
  type Post,
  type PostEnriched,
  type RawPlace,
  type RecordRejected,
} from '#libs/events';

/** Makers of outcomes for tests: everything that a test does not name has an unremarkable value. */
export interface About {
  readonly collection?: string;
  readonly job?: string;
  readonly source?: string;
  readonly position?: number;
  readonly raw: RawPlace;
  readonly replayOf?: RawPlace | null;
}

const envelope = ({ collection, job, source, position, raw, replayOf }: About) => ({
  id: `outcome-${raw.partition}-${raw.offset}`,
  version: 1 as const,
  occurredAt: null,
  receivedAt: '2026-01-01T00:00:00.000Z',
  raw,
  collection: collection ?? 'collection01',
  job: job ?? 'job000000001',
  source: source ?? 'job000000001.0',
  position: position ?? raw.partition * 1_000_000 + raw.offset,
  replayOf: replayOf ?? null,
});

export const somePost = (id: string, post: Partial<Post> = {}): Post => ({
  platform: 'x',
  instance: 'x.com',
  id,
  createdAt: '2026-01-02T03:04:05.000Z',
  text: `text of ${id}`,
  lang: 'en',
  source: 'Web',
  author: { id: '77', screenName: 'Ada', name: 'Ada L.', followers: 5, following: 2, posts: 9 },
  hashtags: ['Birds'],
  mentions: [{ screenName: 'Bob', id: '78' }],
  urls: ['https://Example.org/a'],
  media: [{ type: 'photo', url: 'https://img.example/1.jpg' }],
  geo: null,
  repostOf: null,
  repostOfAuthor: null,
  quoteOf: null,
  replyTo: null,
  reposts: [],
  ...post,
});

export const enriched = (about: About, post: Post): PostEnriched => ({
  ...envelope(about),
  type: 'PostEnriched',
  data: post,
});

export const rejected = (about: About, detail = 'no JSON'): RecordRejected => ({
  ...envelope(about),
  type: 'RecordRejected',
  data: { reason: 'json', detail, place: { line: 3, offset: 120 }, excerpt: '{"broken', bytes: 8 },
});

export const control = (about: About, kind = 'delete'): ControlSeen => ({
  ...envelope(about),
  type: 'ControlSeen',
  data: { kind, subject: null },
});

export const deleted = (about: About): MarkerPassed => ({
  ...envelope(about),
  type: 'MarkerPassed',
  data: { kind: 'CollectionDeleted' },
});

/** A partition of an enriched topic in which the n-th outcome has offset n. */
export const logOf = (outcomes: readonly Outcome[]) =>
  outcomes.map((outcome, offset) => ({ offset, value: Buffer.from(JSON.stringify(outcome)) }));
