import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { demoPosts, type SampleOptions, samplePosts, sampleRecords } from './index.js';

const start = new Date('2026-11-17T00:00:00Z');
const options: SampleOptions = { seed: 7, posts: 3_000, start };

const digest = (given: SampleOptions) => {
  const hash = createHash('sha256');
  for (const line of samplePosts(given)) hash.update(line);
  return hash.digest('hex');
};

interface Entity {
  text?: string;
  screen_name?: string;
  url?: string;
  indices: [number, number];
}
interface Entities {
  hashtags: Entity[];
  user_mentions: Entity[];
  urls: Entity[];
  media?: Entity[];
}
interface Tweet {
  simulated?: unknown;
  created_at: string;
  id_str: string;
  text?: string;
  full_text?: string;
  lang: string;
  truncated: boolean;
  user: { id_str: string; followers_count: number };
  coordinates: { coordinates: [number, number] } | null;
  place: { bounding_box: { coordinates: [number, number][][] } } | null;
  entities: Entities;
  extended_entities?: { media: { type: string }[] };
  extended_tweet?: { full_text: string; entities: Entities };
  retweeted_status?: Tweet;
  quoted_status?: Tweet;
}

const posts = [...sampleRecords(options)]
  .filter(({ kind }) => kind === 'post')
  .map(({ line }) => String(line));
const tweets = posts.map((line): Tweet => JSON.parse(line));

describe('samplePosts', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    expect(digest(options)).toBe(digest(options));
    expect(digest({ ...options, seed: 8 })).not.toBe(digest(options));
  });

  it('gives the bytes it has always given, so that what is published on them can be made again', () => {
    expect(digest({ ...options, duplicates: 0.1, broken: 0.01 })).toMatchInlineSnapshot(
      `"2e09cee6358468994cb7ba4be63357f3750896dc0fb9c74e0ae74ab8f33ae72a"`,
    );
  });

  it('marks every line as simulated before anything else', () => {
    for (const line of posts) expect(line).toMatch(/^\{"simulated":\{"generator":"murmuration","seed":7\},/u);
  });

  it('makes ids that ascend, follow the time, and do not fit a JavaScript number', () => {
    const ids = tweets.map(({ id_str }) => BigInt(id_str));
    ids.forEach((id, index) => {
      expect(id > (ids[index - 1] ?? 2n ** 53n)).toBe(true);
      const time = Number((id >> 22n) + 1_288_834_974_657n);
      expect(Math.floor(time / 1000) * 1000).toBe(Date.parse(tweets[index]?.created_at ?? ''));
    });
    expect(posts.every((line) => /"id":(\d+),"id_str":"\1"/u.test(line))).toBe(true);
  });

  it('is as long as real posts are', () => {
    const mean = posts.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / posts.length;
    expect(mean).toBeGreaterThan(2_500);
    expect(mean).toBeLessThan(5_500);
  });

  it('places every entity where the text has it, in code points', () => {
    const check = (text: string, entities: Entities) => {
      const points = Array.from(text);
      const shown = ({ indices: [from, to] }: Entity) => points.slice(from, to).join('');
      for (const tag of entities.hashtags) expect(shown(tag)).toBe(`#${tag.text ?? ''}`);
      for (const mention of entities.user_mentions)
        expect(shown(mention)).toBe(`@${mention.screen_name ?? ''}`);
      for (const url of [...entities.urls, ...(entities.media ?? [])]) expect(shown(url)).toBe(url.url);
    };
    for (const tweet of tweets) {
      check(tweet.text ?? tweet.full_text ?? '', tweet.entities);
      if (tweet.extended_tweet) check(tweet.extended_tweet.full_text, tweet.extended_tweet.entities);
    }
  });

  it('has all kinds of posts', () => {
    const share = (holds: (tweet: Tweet) => boolean) => tweets.filter(holds).length / tweets.length;
    expect(share((tweet) => tweet.retweeted_status !== undefined)).toBeGreaterThan(0.25);
    expect(share((tweet) => tweet.quoted_status !== undefined)).toBeGreaterThan(0.03);
    expect(share((tweet) => tweet.extended_tweet !== undefined)).toBeGreaterThan(0.05);
    expect(share((tweet) => tweet.full_text !== undefined)).toBeGreaterThan(0.2);
    expect(share((tweet) => (tweet.extended_entities?.media.length ?? 0) > 1)).toBeGreaterThan(0.01);
    expect(share((tweet) => tweet.place !== null)).toBeGreaterThan(0.02);
    expect(share((tweet) => tweet.coordinates !== null)).toBeGreaterThan(0.005);
    expect(new Set(tweets.map(({ lang }) => lang)).size).toBeGreaterThan(20);
    expect(
      new Set(tweets.flatMap((tweet) => tweet.extended_entities?.media.map(({ type }) => type) ?? [])),
    ).toEqual(new Set(['photo', 'video', 'animated_gif']));
  });

  it('lets followers drift', () => {
    const seen = new Map<string, Set<number>>();
    for (const { user } of tweets) {
      seen.set(user.id_str, (seen.get(user.id_str) ?? new Set()).add(user.followers_count));
    }
    expect([...seen.values()].some((counts) => counts.size > 5)).toBe(true);
  });

  it('has a busiest hour that towers over the usual one', () => {
    const hours = new Map<string, number>();
    for (const { created_at } of tweets) {
      const hour = new Date(created_at).toISOString().slice(0, 13);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    const counts = [...hours.values()].toSorted((a, b) => a - b);
    expect(counts.at(-1) ?? 0).toBeGreaterThan(5 * (counts[counts.length >> 1] ?? 0));
  });

  it('adds duplicates, control messages and unreadable lines on top of the posts', () => {
    const records = [...sampleRecords({ ...options, duplicates: 0.1, broken: 0.02, controls: 0.02 })];
    const of = (kind: string) => records.filter((record) => record.kind === kind);
    expect(of('post')).toHaveLength(3_000);
    expect(of('broken').length).toBeGreaterThan(30);
    expect(of('control').length).toBeGreaterThan(30);
    const ids = new Set(of('post').map(({ line }): string => JSON.parse(String(line)).id_str));
    const copies = of('duplicate').map(({ line }): string => JSON.parse(String(line)).id_str);
    expect(copies.length).toBeGreaterThan(200);
    expect(copies.every((id) => ids.has(id))).toBe(true);
  });

  it('writes the same posts as pages of X v2, with everything they refer to', () => {
    const pages = [...sampleRecords({ ...options, format: 'v2' })];
    expect(pages).toHaveLength(30);
    const ids = new Set<string>();
    for (const { line } of pages) {
      const page: {
        data: { id: string; author_id: string; referenced_tweets?: { id: string }[] }[];
        includes: { users: { id: string }[]; tweets: { id: string; author_id: string }[] };
      } = JSON.parse(String(line));
      const users = new Set(page.includes.users.map(({ id }) => id));
      const others = new Set(page.includes.tweets.map(({ id }) => id));
      for (const post of [...page.data, ...page.includes.tweets]) expect(users).toContain(post.author_id);
      for (const post of page.data) {
        ids.add(post.id);
        for (const { id } of post.referenced_tweets ?? []) expect(others).toContain(id);
      }
    }
    expect(ids).toEqual(new Set(tweets.map(({ id_str }) => id_str)));
  });
});

describe('demoPosts', () => {
  const startedAt = new Date('2026-11-21T09:00:00Z');

  it('has the burst at once, dated before the start, then each post at the instant it is dated', () => {
    const demo = [...demoPosts({ seed: 1, posts: 400, burst: 300, rate: 20, startedAt })];
    const dated = demo.map(({ bytes }) => Date.parse(JSON.parse(bytes.toString()).created_at));
    expect(demo).toHaveLength(400);
    expect(demo.slice(0, 300).every(({ at }) => at.getTime() === startedAt.getTime())).toBe(true);
    expect(dated.slice(0, 300).every((time) => time < startedAt.getTime())).toBe(true);
    demo.slice(300).forEach(({ at }, index) => {
      expect(at.getTime()).toBeGreaterThanOrEqual(startedAt.getTime() + index * 50);
      expect(at.getTime()).toBeLessThan(startedAt.getTime() + (index + 1) * 50);
    });
  });

  it('goes on where it was interrupted, byte for byte', () => {
    const options = { seed: 1, posts: 50, burst: 20, rate: 15, startedAt };
    const [first, second] = [[...demoPosts(options)], [...demoPosts(options)]];
    expect(second.slice(30)).toEqual(first.slice(30));
  });
});
