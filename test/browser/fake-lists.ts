import type { FakePost } from './fake-posts.js';

export interface FakeCount {
  key: string;
  display: string;
  count: number;
  posts: number;
  type?: string;
}

const domainOf = (url: string): string => new URL(url).host;

export const keysOf: Readonly<
  Record<string, (post: FakePost) => readonly (readonly [key: string, display: string, type?: string])[]>
> = {
  hashtags: (post) => post.hashtags.map((tag) => [tag.toLowerCase(), tag]),
  mentions: (post) => post.mentions.map((name) => [name.toLowerCase(), name]),
  urls: (post) => post.urls.map((url) => [url, url]),
  domains: (post) => post.urls.map((url) => [domainOf(url), domainOf(url)]),
  media: (post) => post.media.map(({ url, type }) => [url, url, type]),
  languages: (post) => [[post.lang, post.lang]],
  sources: (post) => [[post.source, post.source]],
};

const byCount = (a: { count: number; key: string }, b: { count: number; key: string }): number =>
  b.count - a.count || (a.key < b.key ? -1 : 1);

export function countKeys(posts: readonly FakePost[], list: string): FakeCount[] {
  const rows = new Map<string, FakeCount>();
  for (const post of posts) {
    const seen = new Set<string>();
    for (const [key, display, type] of keysOf[list]?.(post) ?? []) {
      const row = rows.get(key) ?? { key, display, count: 0, posts: 0, ...(type ? { type } : {}) };
      row.count += 1;
      if (!seen.has(key)) row.posts += 1;
      seen.add(key);
      rows.set(key, row);
    }
  }
  return [...rows.values()].toSorted(byCount);
}

export function countAuthors(posts: readonly FakePost[]): Record<string, unknown>[] {
  const rows = new Map<string, { post: FakePost; posts: number }>();
  for (const post of posts) {
    const row = rows.get(post.author.id) ?? { post, posts: 0 };
    row.posts += 1;
    rows.set(post.author.id, row);
  }
  return [...rows.values()]
    .toSorted((a, b) => b.posts - a.posts)
    .map(({ post: { platform, author }, posts: n }) => ({
      id: author.id,
      platform,
      screenName: author.screenName,
      name: author.name,
      posts: n,
      followers: author.followers,
      following: author.following,
      ratio: author.following === 0 ? null : author.followers / author.following,
    }));
}

export function countReposts(posts: readonly FakePost[]): Record<string, unknown>[] {
  const rows = new Map<string, { post: FakePost; count: number }>();
  for (const post of posts) {
    if (post.repostOf === null) continue;
    const row = rows.get(post.repostOf) ?? { post, count: 0 };
    row.count += 37;
    rows.set(post.repostOf, row);
  }
  return [...rows]
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([postId, { post, count }]) => ({
      platform: post.platform,
      postId,
      count,
      post: {
        id: postId,
        text: post.text,
        lang: post.lang,
        author: post.author.screenName,
        createdAt: post.createdAt,
      },
    }));
}

const lengths: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export function countBins(posts: readonly FakePost[], bucket: string): { at: string; count: number }[] {
  const length = lengths[bucket] ?? 3_600_000;
  const bins = new Map<number, number>();
  for (const { createdAt } of posts) {
    if (createdAt === null) continue;
    const at = Math.floor(Date.parse(createdAt) / length) * length;
    bins.set(at, (bins.get(at) ?? 0) + 1);
  }
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([at, count]) => ({ at: new Date(at).toISOString(), count }));
}

type Test = (post: FakePost, value: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
  hashtag: (post, v) => post.hashtags.some((tag) => tag.toLowerCase() === v),
  mention: (post, v) => post.mentions.some((name) => name.toLowerCase() === v),
  url: (post, v) => post.urls.includes(v),
  domain: (post, v) => post.urls.some((url) => domainOf(url) === v),
  media: (post, v) => post.media.some(({ url }) => url === v),
  language: (post, v) => post.lang === v,
  source: (post, v) => post.source === v,
  author: (post, v) => post.author.id === v || `@${post.author.screenName}`.toLowerCase() === v.toLowerCase(),
  repostsOf: (post, v) => post.repostOf === v || post.id === v,
  located: (post, v) => post.geo !== null && (v === 'any' || post.geo.exact),
  withMedia: (post) => post.media.length > 0,
  duplicated: (post) => post.duplicates > 0,
  from: (post, v) => post.createdAt !== null && post.createdAt >= new Date(v).toISOString(),
  to: (post, v) => post.createdAt !== null && post.createdAt < new Date(v).toISOString(),
  q: (post, v) =>
    v
      .toLowerCase()
      .split(/\s+/)
      .every((word) => post.text.toLowerCase().includes(word)),
};

export function filterPosts(posts: readonly FakePost[], query: URLSearchParams): FakePost[] {
  const wanted = [...query].filter(([name]) => name in tests);
  const found = posts.filter((post) => wanted.every(([name, value]) => tests[name]?.(post, value)));
  return query.get('order') === 'oldest' ? found.toReversed() : found;
}
