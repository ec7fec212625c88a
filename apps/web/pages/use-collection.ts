import { useEffect } from 'preact/hooks';

import type { Collection, Job, Page } from '#libs/api';

import { rest } from '../data/links.js';
import { type Resource, useResource } from '../data/resource.js';
import { openCollection } from '../shell/import-state.js';
import { isActive } from './doing.js';

/** A collection, asked for every second while it moves. While its page is open, dropped files may go into it. */
export function useCollection(id: string): Resource<Collection> {
  const resource = useResource<Collection>(rest.collection(id), {
    every: (collection) => (collection === undefined || !collection.settled ? 1_000 : 5_000),
  });
  const name = resource.data?.name;
  useEffect(() => {
    openCollection.value = name === undefined ? null : { id, name };
    return () => {
      openCollection.value = null;
    };
  }, [id, name]);
  return resource;
}

export const useJobs = (id: string): Resource<Page<Job>> =>
  useResource<Page<Job>>(`${rest.jobs}?limit=100&collection=${encodeURIComponent(id)}`, {
    every: (page) => (page?.items.some(isActive) ? 1_000 : 5_000),
  });

/** Changes whenever a list of the collection may have changed. */
export const versionOf = ({ totals }: Collection): string =>
  [totals.posts, totals.duplicates, totals.rejections, totals.authors].join(' ');

/** One of the collection's lists, asked for again when its numbers have moved, at most every `gap` ms. */
export const useList = <T>(
  collection: Collection,
  what: string,
  params: Readonly<Record<string, string>> = {},
  gap = 2_000,
) => useResource<T>(rest.of(collection.id, what, params), { version: versionOf(collection), gap });
