import type { Collection, Page } from '#libs/api';

import type { Stack } from '../support/stack.js';

const lists = [
  'hashtags',
  'mentions',
  'urls',
  'domains',
  'media',
  'languages',
  'sources',
  'authors',
  'reposts',
  'geo',
  'edges/hashtags',
  'edges/mentions',
] as const;

/** Everything that REST says of a collection's numbers, so that two collections of the same file can be compared. */
export async function summaryOf(stack: Stack, collection: string): Promise<Record<string, unknown>> {
  const { totals } = await stack.api<Collection>(`/collections/${collection}`);
  const summary: Record<string, unknown> = { totals };
  for (const list of lists) summary[list] = await all(stack, `/collections/${collection}/${list}`);
  summary['timeline'] = await stack.api(`/collections/${collection}/timeline?bucket=minute`);
  return summary;
}

/** A list to its end. */
export async function all(stack: Stack, path: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let cursor = ''; ;) {
    const page = await stack.api<Page<unknown>>(`${path}?limit=1000${cursor}`);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}
