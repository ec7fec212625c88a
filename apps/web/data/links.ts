import type { CountedList, PostFilter } from '#libs/api';

export type Filter = Partial<Record<keyof PostFilter, string>>;
export type ListName = CountedList | 'authors' | 'reposts' | 'timeline';

const query = (params: Readonly<Record<string, string | undefined>>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== '') search.set(name, value);
  const text = search.toString();
  return text ? `?${text}` : '';
};

const id = encodeURIComponent;

/** Addresses of the page: each view has one, and it can be sent to someone. */
export const pages = {
  collections: '/',
  collection: (collection: string) => `/collections/${id(collection)}`,
  posts: (collection: string, filter: Filter = {}) => `/collections/${id(collection)}/posts${query(filter)}`,
  post: (collection: string, ref: string) => `/collections/${id(collection)}/posts/${id(ref)}`,
  list: (collection: string, list: ListName, params: Readonly<Record<string, string>> = {}) =>
    `/collections/${id(collection)}/lists/${list}${query(params)}`,
  rejections: (collection: string, reason?: string) =>
    `/collections/${id(collection)}/rejections${query({ reason })}`,
  system: '/system',
} as const;

const root = '/api/v1';

/** Addresses of the REST API. */
export const rest = {
  status: `${root}/status`,
  jobs: `${root}/jobs`,
  job: (job: string) => `${root}/jobs/${id(job)}`,
  cancel: (job: string) => `${root}/jobs/${id(job)}/cancel`,
  collections: `${root}/collections`,
  collection: (collection: string) => `${root}/collections/${id(collection)}`,
  of: (collection: string, what: string, params: Readonly<Record<string, string | undefined>> = {}) =>
    `${root}/collections/${id(collection)}/${what}${query(params)}`,
  post: (collection: string, ref: string) => `${root}/collections/${id(collection)}/posts/${id(ref)}`,
  replay: (collection: string) => `${root}/collections/${id(collection)}/rejections/replay`,
  rebuilds: `${root}/rebuilds`,
  rebuild: (rebuild: string) => `${root}/rebuilds/${id(rebuild)}`,
  verifications: `${root}/verifications`,
  docs: '/api/docs',
} as const;

/** The filter behind a key of a counted list: the same posts that were counted. */
export const filterOf: Readonly<Record<CountedList, keyof PostFilter>> = {
  hashtags: 'hashtag',
  mentions: 'mention',
  urls: 'url',
  domains: 'domain',
  media: 'media',
  languages: 'language',
  sources: 'source',
};
