import type { Post } from './post.js';

/** The kinds of keys that are counted in lists, and what a drill-down can ask for. */
export const countedKinds = ['hashtag', 'mention', 'url', 'domain', 'media', 'language', 'source'] as const;
export type CountedKind = (typeof countedKinds)[number];

/** One occurrence of something counted. `form` is how this post writes it; `type` only for media. */
export interface CountedKey {
  readonly kind: CountedKind;
  readonly key: string;
  readonly form: string;
  readonly type?: string;
}

/** Authority of a URL as written, lower-cased ('WWW.Example.com:80/x' of https is 'www.example.com:80'); null without one. */
export function domainOf(url: string): string | null {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(url);
  return match?.[1] ? match[1].toLowerCase() : null;
}

/** Key under which an author is counted: the account id, else the screen name in lower case behind '@'. */
export function authorKey(author: { readonly id: string | null; readonly screenName: string }): string {
  return author.id ?? `@${author.screenName.toLowerCase()}`;
}

/** Every occurrence that a post adds to the counted lists, repetitions included. */
export function countedKeys(post: Post): CountedKey[] {
  const keys: CountedKey[] = [];
  for (const form of post.hashtags) keys.push({ kind: 'hashtag', key: form.toLowerCase(), form });
  for (const { screenName } of post.mentions) {
    keys.push({ kind: 'mention', key: screenName.toLowerCase(), form: screenName });
  }
  for (const url of post.urls) {
    keys.push({ kind: 'url', key: url, form: url });
    const domain = domainOf(url);
    if (domain !== null) keys.push({ kind: 'domain', key: domain, form: domain });
  }
  for (const { url, type } of post.media) keys.push({ kind: 'media', key: url, form: url, type });
  keys.push({ kind: 'language', key: post.lang, form: post.lang });
  keys.push({ kind: 'source', key: post.source, form: post.source });
  return keys;
}

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
/** Scripts written without spaces between words: their runs are cut into overlapping pairs of characters. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** The different words of a text, compatibility-folded and lower-cased, as the text search knows them. */
export function searchWords(text: string): string[] {
  const words = new Set<string>();
  for (const run of text.normalize('NFKC').toLowerCase().match(WORD) ?? []) {
    if (!UNSPACED.test(run)) words.add(run);
    else for (const pair of pairs(run)) words.add(pair);
  }
  return [...words];
}

function pairs(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length < 2) return [run];
  return characters.slice(1).map((character, i) => `${characters[i] ?? ''}${character}`);
}

/**
 * 53-bit hash of (kind, key) for the drill-down index: an exact JavaScript integer, cheap in JSON and in Postgres'
 * bigint. Two keys may share one, so readers check the post itself. (cyrb53, public domain, by bryc.)
 */
export function keyHash(kind: CountedKind | 'author' | 'word' | 'reposts', key: string): number {
  const text = `${kind}\u0000${key}`;
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 2_654_435_761);
    high = Math.imul(high ^ unit, 1_597_334_677);
  }
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & high) + (low >>> 0);
}
