import { Column, Entity } from 'typeorm';

import { copyFields } from '#libs/db';
import { authorKey, type CountedKey, keyHash, type Post, type PostEnriched, searchWords } from '#libs/events';

import { KeyText, optional, Text, Time } from './columns.js';

/** One row for each post. `keys` leads from a count or a word to its posts; `body` is the whole post. */
@Entity('posts')
export class PostRow {
  @KeyText() collection!: string;
  @KeyText() platform!: string;
  @KeyText() instance!: string;
  @KeyText() id!: string;
  @Time(optional) created_at!: string | null;
  @Text(optional) author!: string | null;
  @Text() lang!: string;
  @Text() source!: string;
  @Column({ type: 'float8', nullable: true }) lon!: number | null;
  @Column({ type: 'float8', nullable: true }) lat!: number | null;
  @Column({ type: 'boolean', nullable: true }) exact!: boolean | null;
  @Text(optional) repost_of!: string | null;
  @Column({ type: 'boolean' }) has_media!: boolean;
  @Column({ type: 'int', default: 0 }) duplicates!: number;
  @Column({ type: 'smallint' }) raw_partition!: number;
  @Column({ type: 'bigint' }) raw_offset!: number;
  @Column({ type: 'bigint', array: true }) keys!: number[];
  /** `json`: kept as it came, which costs a third of taking it apart for `jsonb`. */
  @Column({ type: 'json' }) body!: Post;
}

export const postColumns = [
  'collection',
  'platform',
  'instance',
  'id',
  'created_at',
  'author',
  'lang',
  'source',
  'lon',
  'lat',
  'exact',
  'repost_of',
  'has_media',
  'duplicates',
  'raw_partition',
  'raw_offset',
  'keys',
  'body',
] as const satisfies readonly (keyof PostRow)[];

/**
 * Hardly a row is ever changed, so vacuuming after inserts has nothing to collect, and would read all of the key index
 * each time. Without statistics of the collection: with them, Postgres takes one that is younger than its last look at the table for
 * empty, and then goes through all of its posts in `posts_by_time` instead of finding one by the primary key.
 */
export const postStorage = [
  'alter table posts set (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_vacuum_insert_threshold = 2000000)',
  'alter table posts alter column collection set statistics 0',
] as const;

/** Indexes beside the primary key, made when a rebuild has filled the table: one by one they cost several times more. */
export const postIndexes = [
  'create index posts_by_time on posts (collection, created_at desc, id)',
  'create index posts_by_key on posts using gin (keys) with (fastupdate = on, gin_pending_list_limit = 8192)',
  'create index posts_located on posts (collection) where lon is not null',
] as const;

/** A post's row as a line for COPY, in two halves with the number of duplicates between them. */
export interface PostLine {
  readonly head: string;
  readonly tail: string;
}

/** A post that is to be inserted, with the number of copies of it that the same batch holds. */
export interface NewPost {
  readonly line: PostLine;
  duplicates: number;
}

export const lineOf = ({ line: { head, tail }, duplicates }: NewPost): string =>
  `${head}\t${duplicates}\t${tail}`;

/** The values of `postColumns` for one post. @param body its JSON. */
export function postLine(
  { collection, raw, data: post }: PostEnriched,
  keys: readonly CountedKey[],
  body: string,
): PostLine {
  const { platform, instance, id, createdAt, author, lang, source, geo, repostOf } = post;
  return {
    head: copyFields([
      collection,
      platform,
      instance,
      id,
      createdAt,
      author && authorKey(author),
      lang,
      source,
      geo?.lon ?? null,
      geo?.lat ?? null,
      geo?.exact ?? null,
      repostOf,
      post.media.length > 0,
    ]),
    tail: `${copyFields([raw.partition, raw.offset, `{${hashes(post, keys).join(',')}}`, body])}\n`,
  };
}

/** Hashes of everything by which the post can be found. */
function hashes(post: Post, keys: readonly CountedKey[]): number[] {
  const found = new Set<number>();
  for (const { kind, key } of keys) found.add(keyHash(kind, key));
  if (post.author) {
    found.add(keyHash('author', authorKey(post.author)));
    found.add(keyHash('author', `@${post.author.screenName.toLowerCase()}`));
  }
  found.add(keyHash('reposts', post.id));
  if (post.repostOf !== null) found.add(keyHash('reposts', post.repostOf));
  for (const word of searchWords(post.text)) found.add(keyHash('word', word));
  return [...found];
}
