import { createReadStream } from 'node:fs';

/**
 * The yardstick: one process that parses a file of v1.1 posts, one per line, and counts what a collection counts, in
 * memory, without a log or a database. It reads only the shape that the generator writes and checks nothing: as fast as
 * this can be done with JSON.parse.
 */

interface Entities {
  hashtags?: { text: string }[];
  user_mentions?: { screen_name: string }[];
  urls?: { expanded_url: string | null }[];
}
interface Tweet extends Content {
  id_str: string;
  created_at: string;
  lang?: string;
  source?: string;
  user?: { id_str: string; screen_name: string; followers_count: number; friends_count: number };
  coordinates?: { coordinates: [number, number] } | null;
  place?: { bounding_box?: { coordinates: [number, number][][] } } | null;
  retweet_count?: number;
  retweeted_status?: Tweet;
}
interface Content {
  text?: string;
  full_text?: string;
  entities?: Entities;
  extended_entities?: { media?: { type: string; media_url_https: string }[] };
  extended_tweet?: Content;
}

type Tally = Map<string, number>;
const add = (tally: Tally, key: string) => tally.set(key, (tally.get(key) ?? 0) + 1);

export class Yardstick {
  readonly seen = new Map<string, number>();
  readonly hashtags: Tally = new Map();
  readonly mentions: Tally = new Map();
  readonly urls: Tally = new Map();
  readonly domains: Tally = new Map();
  readonly media: Tally = new Map();
  readonly languages: Tally = new Map();
  readonly sources: Tally = new Map();
  readonly minutes: Tally = new Map();
  readonly reposts: Tally = new Map();
  readonly authors = new Map<string, { posts: number; followers: number; following: number }>();
  readonly points: [string, number, number][] = [];
  duplicates = 0;
  controls = 0;

  take(line: string): void {
    const post = JSON.parse(line) as Tweet;
    if (post.id_str === undefined) {
      this.controls += 1;
      return;
    }
    const copies = this.seen.get(post.id_str);
    this.seen.set(post.id_str, (copies ?? 0) + 1);
    if (copies !== undefined) {
      this.duplicates += 1;
      return;
    }
    const full = post.retweeted_status ?? post;
    this.#content(full.extended_tweet ?? full, post);
    add(this.languages, post.lang ?? '');
    add(this.sources, post.source ?? '');
    add(this.minutes, String(Math.floor(Date.parse(post.created_at) / 60_000)));
    this.#author(post);
    this.#place(post);
    const original = post.retweeted_status ?? post;
    const count = original.retweet_count ?? 0;
    if (count > (this.reposts.get(original.id_str) ?? 0)) this.reposts.set(original.id_str, count);
  }

  #content(content: Content, post: Tweet): void {
    if (content.entities) this.#entities(content.entities);
    this.#reposted(post);
    for (const medium of content.extended_entities?.media ?? []) add(this.media, medium.media_url_https);
  }

  #entities({ hashtags, user_mentions, urls }: Entities): void {
    for (const { text } of hashtags ?? []) add(this.hashtags, text.toLowerCase());
    for (const { screen_name } of user_mentions ?? []) add(this.mentions, screen_name.toLowerCase());
    for (const { expanded_url } of urls ?? []) this.#url(expanded_url);
  }

  #reposted({ retweeted_status }: Tweet): void {
    if (retweeted_status?.user) add(this.mentions, retweeted_status.user.screen_name.toLowerCase());
  }

  #url(url: string | null): void {
    if (!url) return;
    add(this.urls, url);
    const from = url.indexOf('//') + 2;
    const to = url.indexOf('/', from);
    add(this.domains, url.slice(from, to < 0 ? undefined : to).toLowerCase());
  }

  #author({ user }: Tweet): void {
    if (!user) return;
    const posts = (this.authors.get(user.id_str)?.posts ?? 0) + 1;
    this.authors.set(user.id_str, { posts, followers: user.followers_count, following: user.friends_count });
  }

  #place({ id_str, coordinates, place }: Tweet): void {
    const box = place?.bounding_box?.coordinates[0];
    if (coordinates) this.points.push([id_str, coordinates.coordinates[0], coordinates.coordinates[1]]);
    else if (box?.[0] && box[2])
      this.points.push([id_str, (box[0][0] + box[2][0]) / 2, (box[0][1] + box[2][1]) / 2]);
  }
}

export interface Measured {
  readonly posts: number;
  readonly records: number;
  /** Wall time, ms. */
  readonly ms: number;
}

/** Runs `take` on every line of the file. With `JSON.parse` alone it is the floor that the yardstick is held to. */
export async function overLines(
  file: string,
  take: (line: string) => void,
): Promise<{ records: number; ms: number }> {
  const began = performance.now();
  let records = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
      if (end > from) {
        take(data.toString('utf8', from, end));
        records += 1;
      }
      from = end + 1;
    }
    rest = data.subarray(from);
  }
  return { records, ms: performance.now() - began };
}
