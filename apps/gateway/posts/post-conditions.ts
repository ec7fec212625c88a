import { type PostFilter } from '#libs/api';
import { domainOf, keyHash, type Post } from '#libs/events';

import { searchOf } from './search.js';

/** Posts that are meant, as SQL, and what only the post itself can tell. */
export interface PostConditions {
  /** Hashes that must all be among `posts.keys`. */
  readonly keys: readonly number[];
  /** Conditions over `posts`, whose parameters begin at `$2`; `$1` is the collection. */
  readonly sql: readonly string[];
  readonly parameters: readonly unknown[];
  /** Null where SQL says all. */
  readonly recheck: ((post: Post) => boolean) | null;
}

const trimmed = (text: string, mark: string) => (text.startsWith(mark) ? text.slice(1) : text);

class Conditions implements PostConditions {
  readonly keys: number[] = [];
  readonly sql: string[] = ['collection = $1'];
  readonly parameters: unknown[] = [];
  readonly #rechecks: ((post: Post) => boolean)[] = [];

  constructor(readonly byAuthorKey: boolean) {}

  get recheck(): PostConditions['recheck'] {
    return this.#rechecks.length === 0 ? null : (post) => this.#rechecks.every((check) => check(post));
  }

  hash(kind: Parameters<typeof keyHash>[0], key: string): void {
    this.keys.push(keyHash(kind, key));
  }

  /** @param sql with `?` where the parameter goes. */
  where(sql: string, parameter?: unknown): void {
    if (parameter === undefined) {
      this.sql.push(sql);
      return;
    }
    this.parameters.push(parameter);
    this.sql.push(sql.replaceAll('?', `$${this.parameters.length + 1}`));
  }

  check(recheck: (post: Post) => boolean): void {
    this.#rechecks.push(recheck);
  }

  /**
   * @param sql over the ways to write the key, `?` being them: only forms knows how they were lower-cased, Postgres does
   * it otherwise than JavaScript.
   */
  folded(kind: 'hashtag' | 'mention', key: string, sql: string): void {
    this.hash(kind, key);
    const forms = `array(select form from forms where collection = $1 and kind = '${kind}' and key = ?)`;
    this.where(sql.replace('?', forms), key);
  }
}

type Condition<Name extends keyof PostFilter> = (
  conditions: Conditions,
  value: NonNullable<PostFilter[Name]>,
) => void;

/**
 * How each filter chooses. The index finds by hash, and two keys may share one: what cannot be said exactly in SQL is
 * checked on the post.
 */
const filters: { readonly [Name in Exclude<keyof PostFilter, 'order'>]: Condition<Name> } = {
  hashtag: (all, value) =>
    all.folded(
      'hashtag',
      trimmed(value, '#').toLowerCase(),
      `jsonb_exists_any(body::jsonb -> 'hashtags', ?)`,
    ),
  mention: (all, value) =>
    all.folded(
      'mention',
      trimmed(value, '@').toLowerCase(),
      `exists (select from json_array_elements(body -> 'mentions') as m where m ->> 'screenName' = any(?))`,
    ),
  url: (all, value) => {
    all.hash('url', value);
    all.where(`jsonb_exists(body::jsonb -> 'urls', ?)`, value);
  },
  domain: (all, value) => {
    const domain = value.toLowerCase();
    all.hash('domain', domain);
    all.check(({ urls }) => urls.some((url) => domainOf(url) === domain));
  },
  media: (all, value) => {
    all.hash('media', value);
    all.where(`body::jsonb -> 'media' @> jsonb_build_array(jsonb_build_object('url', ?::text))`, value);
  },
  language: (all, value) => {
    all.hash('language', value);
    all.where('lang = ?', value);
  },
  source: (all, value) => {
    all.hash('source', value);
    all.where('source = ?', value);
  },
  author: (all, value) => {
    const name = value.startsWith('@') ? value.toLowerCase() : null;
    all.hash('author', name ?? value);
    if (name === null || all.byAuthorKey) return all.where('author = ?', name ?? value);
    all.check(({ author }) => author !== null && `@${author.screenName.toLowerCase()}` === name);
  },
  platform: (all, value) => all.where('platform = ?', value),
  repostsOf: (all, value) => {
    all.hash('reposts', value);
    all.where('(id = ? or repost_of = ?)', value);
  },
  located: (all, value) => all.where(value === 'exact' ? 'exact' : 'lon is not null'),
  withMedia: (all) => all.where('has_media'),
  duplicated: (all) => all.where('duplicates > 0'),
  from: (all, value) => all.where('created_at >= ?::timestamptz', value),
  to: (all, value) => all.where('created_at < ?::timestamptz', value),
  q: (all, value) => {
    const { words, scanned, matches } = searchOf(value);
    for (const word of words) all.hash('word', word);
    for (const part of scanned) all.where(`position(? in lower(body ->> 'text')) > 0`, part);
    if (words.length + scanned.length > 0) all.check(({ text }) => matches(text));
  },
};

/** @param byAuthorKey an author `@name` is the key of one author, not the name that several may have. */
export function postConditions(filter: PostFilter, byAuthorKey: boolean): PostConditions {
  const conditions = new Conditions(byAuthorKey);
  const add = <Name extends keyof typeof filters>(name: Name) => {
    const value = filter[name];
    if (value !== undefined) filters[name](conditions, value as NonNullable<PostFilter[Name]>);
  };
  for (const name of Object.keys(filters) as (keyof typeof filters)[]) add(name);
  return conditions;
}
