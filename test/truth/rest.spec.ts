import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import type { Collection, Count, Page, PostRow, Rebuild } from '#libs/api';

import { Stack } from '../support/stack.js';
import { restSummary } from './rest-summary.js';
import { differences, type TruthSet, truthSets } from './truth.js';

jest.setTimeout(300_000);

const sets = truthSets();

async function imported(stack: Stack, set: TruthSet): Promise<string> {
  const files = Object.fromEntries(set.files.map(({ path, name }) => [name, readFileSync(path)]));
  const { collection } = await stack.import(files);
  return collection;
}

async function wrong(stack: Stack, collections: ReadonlyMap<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (const set of sets) {
    const collection = collections.get(set.name) ?? '';
    for (const line of differences(set, await restSummary(stack, collection)))
      found.push(`${set.name}: ${line}`);
  }
  return found;
}

async function rebuilt(stack: Stack, path: string, body: object): Promise<Rebuild> {
  const { id } = await stack.api<Rebuild>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  for (;;) {
    const rebuild = await stack.api<Rebuild>(`/rebuilds/${id}`);
    if (rebuild.state === 'completed' || rebuild.state === 'failed') return rebuild;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each([1, 3])('real posts through the whole system, %i copies of enrich and aggregate', (copies) => {
  let stack: Stack;
  const collections = new Map<string, string>();

  beforeAll(async () => {
    stack = await Stack.start({ copies: { enrich: copies, aggregate: copies } });
    for (const set of sets) collections.set(set.name, await imported(stack, set));
  });

  afterAll(() => stack.stop());

  it('gives exactly the truth through REST', async () => {
    for (const collection of collections.values()) await stack.settled(collection);
    expect(await wrong(stack, collections)).toEqual([]);
  });

  it('leads from each number to exactly its posts', async () => {
    const filters = {
      hashtags: 'hashtag',
      mentions: 'mention',
      urls: 'url',
      domains: 'domain',
      media: 'media',
      languages: 'language',
      sources: 'source',
    };
    for (const collection of collections.values()) {
      for (const [list, filter] of Object.entries(filters)) {
        const { items } = await stack.api<Page<Count>>(`/collections/${collection}/${list}?limit=5`);
        for (const { key, posts } of items) {
          const path = `/collections/${collection}/posts?limit=1000&${filter}=${encodeURIComponent(key)}`;
          const behind = await stack.api<Page<PostRow>>(path);
          expect([list, key, behind.items.length]).toEqual([list, key, posts]);
        }
      }
    }
  });

  it('counts nothing but duplicates when a file comes a second time', async () => {
    const set = sets.find(({ name }) => name.endsWith('stream_2018_144.jsonl')) ?? sets[0];
    const collection = collections.get(set?.name ?? '') ?? '';
    const before = await stack.api<Collection>(`/collections/${collection}`);
    const [file] = set?.files ?? [];
    await stack.import({ again: readFileSync(file?.path ?? '') }, collection);
    const after = await stack.settled(collection);
    const { posts, duplicates } = before.totals;
    expect(after.totals.duplicates).toBe(posts + 2 * duplicates);
    expect({ ...after.totals, duplicates, controls: {}, rejections: 0 }).toEqual({
      ...before.totals,
      controls: {},
      rejections: 0,
    });
    collections.delete(set?.name ?? '');
    collections.set(set?.name ?? '', await imported(stack, set as TruthSet));
    await stack.settled(collections.get(set?.name ?? '') ?? '');
  });

  it.each(['enriched', 'raw'])('gives the truth again after a rebuild from %s', async (from) => {
    const rebuild = await rebuilt(stack, '/rebuilds', { from });
    expect(rebuild).toMatchObject({ state: 'completed', differences: [] });
    expect(await wrong(stack, collections)).toEqual([]);
  });

  it('says that replay and live tables are equal', async () => {
    expect(await rebuilt(stack, '/verifications', {})).toMatchObject({ state: 'completed', differences: [] });
  });
});
