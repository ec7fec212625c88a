import { type Totals } from '#libs/api';
import { type Sql } from '#libs/db';
import { type CountedKind } from '#libs/events';

interface TotalRow {
  readonly collection: string;
  readonly posts: number;
  readonly duplicates: number;
  readonly withMedia: number;
  readonly located: number;
  readonly exactlyLocated: number;
  readonly firstPostAt: Date | null;
  readonly lastPostAt: Date | null;
}

/** Which list counts keys of a kind. */
const listOf: Readonly<Record<CountedKind, keyof Totals['distinct']>> = {
  hashtag: 'hashtags',
  mention: 'mentions',
  url: 'urls',
  domain: 'domains',
  media: 'media',
  language: 'languages',
  source: 'sources',
};

const isCountedKind = (kind: string): kind is CountedKind => kind in listOf;

export const emptyTotals = (): Totals => ({
  posts: 0,
  duplicates: 0,
  rejections: 0,
  rejectionReasons: {},
  authors: 0,
  controls: {},
  withMedia: 0,
  located: 0,
  exactlyLocated: 0,
  distinct: { hashtags: 0, mentions: 0, urls: 0, domains: 0, media: 0, languages: 0, sources: 0 },
  firstPostAt: null,
  lastPostAt: null,
});

/** The numbers of each collection that has any. */
export async function readTotals(sql: Sql, collections: readonly string[]): Promise<Map<string, Totals>> {
  const all = new Map<string, Totals>();
  const of = (collection: string) => {
    const totals = all.get(collection) ?? emptyTotals();
    all.set(collection, totals);
    return totals;
  };
  for (const { collection, firstPostAt, lastPostAt, ...sums } of await readSums(sql, collections)) {
    Object.assign(of(collection), sums, {
      firstPostAt: firstPostAt?.toISOString() ?? null,
      lastPostAt: lastPostAt?.toISOString() ?? null,
    });
  }
  for (const { collection, kind, keys } of await readDistincts(sql, collections)) {
    const totals = of(collection);
    if (kind === 'author') totals.authors = keys;
    else if (isCountedKind(kind)) totals.distinct[listOf[kind]] = keys;
  }
  for (const { collection, key, count } of await readControls(sql, collections)) {
    of(collection).controls[key] = count;
  }
  for (const { collection, reason, count } of await readRejections(sql, collections)) {
    const totals = of(collection);
    totals.rejections += count;
    totals.rejectionReasons = { ...totals.rejectionReasons, [reason]: count };
  }
  return all;
}

/** By primary key. */
const readSums = (sql: Sql, collections: readonly string[]) =>
  sql<TotalRow>(
    `select collection, posts, duplicates, with_media as "withMedia", located, exactly_located as "exactlyLocated",
       first_post_at as "firstPostAt", last_post_at as "lastPostAt"
     from totals where collection = any($1)`,
    [collections],
  );

/** By primary key: at most a row per kind. */
const readDistincts = (sql: Sql, collections: readonly string[]) =>
  sql<{ collection: string; kind: string; keys: number }>(
    'select collection, kind, keys from distincts where collection = any($1)',
    [collections],
  );

/** By primary key (collection, kind): a handful of rows. */
const readControls = (sql: Sql, collections: readonly string[]) =>
  sql<{ collection: string; key: string; count: number }>(
    `select collection, key, count from counters where collection = any($1) and kind = 'control' order by key`,
    [collections],
  );

/** By primary key (collection): as many rows as the collection has rejections. */
const readRejections = (sql: Sql, collections: readonly string[]) =>
  sql<{ collection: string; reason: string; count: number }>(
    `select collection, coalesce(reason, '') as reason, count(*) as count from rejections
     where collection = any($1) and rejected and not closed group by collection, reason order by reason`,
    [collections],
  );
