import type { AuthorRow, Collection, Count, Edge, GeoRow, Page, Rejection, RepostRow } from '#libs/api';

import type { Stack } from '../support/stack.js';
import type { Counted, Edges, Summary } from './truth.js';

/** What the REST API says of a collection, in the words that the truth uses. */
export async function restSummary(stack: Stack, collection: string): Promise<Summary> {
  const { totals } = await stack.api<Collection>(`/collections/${collection}`);
  const list = <T>(name: string) => toTheEnd<T>(stack, `/collections/${collection}/${name}`);
  const counted = async (name: string) => countsOf(await list<Count>(name));
  const [authors, media, reposts, geo, rejections] = [
    await list<AuthorRow>('authors'),
    await list<Count>('media'),
    await list<RepostRow>('reposts'),
    await list<GeoRow>('geo'),
    await list<Rejection>('rejections'),
  ];
  return {
    posts: totals.posts,
    duplicates: totals.duplicates,
    hashtags: await counted('hashtags'),
    mentions: await counted('mentions'),
    urls: await counted('urls'),
    domains: await counted('domains'),
    photos: countsOf(media.filter(({ type }) => type === 'photo')),
    languages: await counted('languages'),
    followers: byName(authors, ({ followers }) => followers),
    ratios: byName(authors, ({ ratio }) => ratio),
    reposts: reposts.map(({ postId, count }) => [postId, count]),
    hashtagEdges: edgesOf(await list<Edge>('edges/hashtags')),
    mentionEdges: edgesOf(await list<Edge>('edges/mentions')),
    postIds: await list<string>('post-ids'),
    points: geo.filter(({ exact }) => exact).map(({ postId, lon, lat }) => [postId, lon, lat]),
    controls: totals.controls,
    rejections: tally(rejections.map(({ reason }) => reason)),
  };
}

/** A list, page by page, with pages so small that there are several. */
async function toTheEnd<T>(stack: Stack, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor = ''; ;) {
    const page = await stack.api<Page<T>>(`${path}?limit=100${cursor}`);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

const countsOf = (counts: readonly Count[]): Counted => counts.map(({ key, count }) => [key, count]);
const edgesOf = (edges: readonly Edge[]): Edges => edges.map(({ from, to, count }) => [from, to, count]);

function byName(
  authors: readonly AuthorRow[],
  value: (author: AuthorRow) => number | null,
): Record<string, number> {
  const named: Record<string, number> = {};
  for (const author of authors) {
    const number = value(author);
    if (number !== null) named[author.screenName] = number;
  }
  return named;
}

function tally(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
