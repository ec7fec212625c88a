import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

// The repository's root, whether this runs as source or built below dist/.
const root = path.resolve(
  import.meta.dirname,
  import.meta.dirname.includes(`${path.sep}dist${path.sep}`) ? '../../..' : '../..',
);

/** Where the real posts with independently computed truth lie: beside the repository, never in it. */
export const dataFolder = path.resolve(root, '../shared/data');

export type Counted = readonly (readonly [key: string, count: number])[];
export type Edges = readonly (readonly [from: string, to: string, times: number])[];

/**
 * What the product says of a set, from wherever it was asked. Every list is complete and ordered by count, then by code
 * point of the key; `photos` are the media of type photo; edges have hashtags lower-cased, all other names as written.
 */
export interface Summary {
  readonly posts: number;
  readonly duplicates: number;
  readonly hashtags: Counted;
  readonly mentions: Counted;
  readonly urls: Counted;
  readonly domains: Counted;
  readonly photos: Counted;
  readonly languages: Counted;
  /** By screen name; accounts of which it is not known are left out. */
  readonly followers: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly reposts: Counted;
  readonly hashtagEdges: Edges;
  readonly mentionEdges: Edges;
  readonly postIds: readonly string[];
  /** Exact points only: [post id, longitude, latitude]. */
  readonly points: readonly (readonly [id: string, lon: number, lat: number])[];
  readonly controls: Readonly<Record<string, number>>;
  readonly rejections: Readonly<Record<string, number>>;
}

/** The lists of one truth file, as its independent program wrote them. */
interface TruthLists {
  readonly posts: number;
  readonly duplicates: number;
  readonly hashtags: Counted;
  readonly mentions: Counted;
  readonly urls: Counted;
  readonly domains: Counted;
  readonly photos: Counted;
  readonly languages: Counted;
  readonly followers: Readonly<Record<string, number>>;
  readonly follow_ratio: Readonly<Record<string, number>>;
  readonly retweets: Counted;
  readonly retweets_ties_at_cut: number;
  readonly edges_user_hashtag: Edges;
  readonly edges_user_mention: Edges;
  readonly tweet_ids: readonly string[];
  readonly geo_points: readonly (readonly [string, number, number])[];
}

interface TruthFile {
  readonly records: number;
  readonly distinct_ids?: number;
  readonly non_tweets?: Readonly<Record<string, number>>;
  readonly truth?: TruthLists;
  readonly raw?: Partial<TruthLists>;
  readonly languages?: Counted;
  readonly tweet_ids?: readonly string[];
  readonly geo_points?: TruthLists['geo_points'];
}

/** One set: its name, the files to hand over in one upload (byte order of their paths), and what must come out. */
export interface TruthSet {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly name: string; readonly bytes: number }[];
  readonly truth: TruthFile;
}

/** @throws when the folder with the data is missing: a check of nothing must not pass. */
export function truthSets(folder = dataFolder): TruthSet[] {
  const truths = filesBelow(folder).filter((file) => file.endsWith('.truth.json'));
  if (truths.length === 0) throw new Error(`There is no truth in ${folder}.`);
  return truths.map((file) => {
    const set = file.slice(0, -'.truth.json'.length);
    return {
      name: path.relative(folder, set),
      files: filesOf(set, path.dirname(set)),
      truth: JSON.parse(readFileSync(file, 'utf8')) as TruthFile,
    };
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted(byCodePoint);
}

function filesOf(set: string, from: string): TruthSet['files'] {
  const files = statSync(set).isDirectory() ? filesBelow(set) : [set];
  return files.map((file) => ({ path: file, name: path.relative(from, file), bytes: statSync(file).size }));
}

/** Order of UTF-8 bytes, which is that of code points; JavaScript's own is that of UTF-16. */
export const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Entries of a tally by count, then by code point. */
export function ranked(tally: Iterable<readonly [string, number]>): Counted {
  return [...tally].toSorted((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]));
}

/** Everything that differs, one line each; empty when the product tells the truth. */
export function differences({ truth }: TruthSet, actual: Summary): string[] {
  const { truth: lists, raw } = truth;
  return [
    ...(lists ? listDifferences(lists, actual) : []),
    ...(raw ? archiveDifferences(truth, raw, actual) : []),
    ...messageDifferences(truth, actual),
  ];
}

function listDifferences(truth: TruthLists, actual: Summary): string[] {
  return [
    ...number('posts', truth.posts, actual.posts),
    ...number('duplicates', truth.duplicates, actual.duplicates),
    ...counted('hashtags', truth.hashtags, actual.hashtags),
    ...counted('mentions', truth.mentions, actual.mentions),
    ...counted('urls', truth.urls, actual.urls),
    ...counted('domains', truth.domains, actual.domains),
    ...counted('photos', truth.photos, actual.photos),
    ...counted('languages', truth.languages, actual.languages),
    ...byName('followers', truth.followers, actual.followers),
    ...byName('ratios', truth.follow_ratio, actual.ratios),
    ...reposts(truth, actual.reposts),
    ...entries('hashtag edges', truth.edges_user_hashtag, actual.hashtagEdges),
    ...entries('mention edges', truth.edges_user_mention, actual.mentionEdges),
    ...entries('post ids', truth.tweet_ids.map(single), actual.postIds.map(single)),
    ...entries('points', truth.geo_points, actual.points),
  ];
}

/** A personal archive has a plain tally of its posts' own entities, and a few lists beside it. */
function archiveDifferences(truth: TruthFile, raw: Partial<TruthLists>, actual: Summary): string[] {
  const ids = truth.tweet_ids ?? [];
  return [
    ...number('posts', truth.distinct_ids ?? truth.records, actual.posts),
    ...(['hashtags', 'mentions', 'urls', 'domains', 'photos'] as const).flatMap((kind) =>
      counted(kind, raw[kind] ?? [], actual[kind]),
    ),
    ...counted('languages', truth.languages ?? [], actual.languages),
    ...entries('post ids', ids.map(single), actual.postIds.map(single)),
    ...entries('points', truth.geo_points ?? [], actual.points),
  ];
}

const single = (id: string) => [id] as const;

/** What the truth calls neither post nor message: JSON that is something else. */
const isOther = (kind: string) => kind === 'data_not_tweet' || kind.startsWith('other:');

function messageDifferences(
  { non_tweets: expected = {} }: TruthFile,
  { controls, rejections }: Summary,
): string[] {
  const kinds = Object.entries(expected);
  const others = kinds.filter(([kind]) => isOther(kind)).reduce((sum, [, n]) => sum + n, 0);
  const refused = (rejections.not_a_post ?? 0) + (rejections.unknown_format ?? 0);
  const wrong = ['shape', 'identity', 'origin', 'encoding', 'too_large'].filter(
    (reason) => rejections[reason],
  );
  return [
    ...kinds
      .filter(([kind]) => !isOther(kind))
      .flatMap(([kind, n]) => number(`control ${kind}`, n, controls[kind] ?? 0)),
    ...number('records that are no posts', others, refused),
    ...wrong.flatMap((reason) => number(`rejected (${reason})`, 0, rejections[reason] ?? 0)),
  ];
}

function number(name: string, expected: number, actual: number): string[] {
  return expected === actual ? [] : [`${name}: ${expected} expected, ${actual} found`];
}

/** Order counts, too: that is what a reader of the list sees. */
function counted(name: string, expected: Counted, actual: Counted): string[] {
  const wrong = entries(name, expected, actual);
  if (wrong.length > 0) return wrong;
  const at = expected.findIndex(([key], i) => actual[i]?.[0] !== key);
  return at < 0
    ? []
    : [`${name}: in place ${at + 1} "${expected[at]?.[0]}" expected, "${actual[at]?.[0]}" found`];
}

/** Lists of which the last part is the value, the rest the key; in any order. */
function entries(
  name: string,
  expected: readonly (readonly (string | number)[])[],
  actual: readonly (readonly (string | number)[])[],
): string[] {
  const left = new Map<string, number>();
  for (const entry of expected) left.set(JSON.stringify(entry), (left.get(JSON.stringify(entry)) ?? 0) + 1);
  const surplus: string[] = [];
  for (const entry of actual) {
    const key = JSON.stringify(entry);
    const count = left.get(key) ?? 0;
    if (count === 0) surplus.push(`${name}: ${key} is not expected`);
    else left.set(key, count - 1);
  }
  const missing = [...left].filter(([, count]) => count > 0).map(([key]) => `${name}: ${key} is missing`);
  return [...missing, ...surplus];
}

function byName(
  name: string,
  expected: Readonly<Record<string, number>>,
  actual: Readonly<Record<string, number>>,
): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names]
    .filter((user) => !nearly(expected[user], actual[user]))
    .map((user) => `${name}: ${user} has ${actual[user]}, ${expected[user]} expected`);
}

/** Ratios went through decimal text and another language's division. */
function nearly(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}

/** The truth keeps the top 100; where more share the last place, any of them may stand there. */
function reposts(truth: TruthLists, actual: Counted): string[] {
  const { retweets: expected, retweets_ties_at_cut: ties } = truth;
  const top = actual.slice(0, expected.length);
  const last = expected.at(-1)?.[1] ?? 0;
  const beyond = actual.slice(expected.length).filter(([, count]) => count >= Math.max(last, 1)).length;
  const surelyIn = (list: Counted) => (ties > 0 ? list.filter(([, count]) => count > last) : list);
  return [
    ...number(
      'reposts that share the last place',
      ties,
      expected.length < 100 ? actual.length - expected.length : beyond,
    ),
    ...entries('reposts', surelyIn(expected), surelyIn(top)),
  ];
}
