import type { Post } from '#libs/events';

import type { Reading } from '../platforms/reading.js';
import { body } from './body.js';
import { client } from './client.js';
import type { Hydrator } from './hydrator.js';
import { place } from './place.js';

/** All of them, in the order in which they work. */
export const hydrators: readonly Hydrator[] = [body, client, place];

/** Makes a post of what a dialect read. Keys are named one by one: a spread costs more than the rest together. */
export function hydrate(reading: Reading): Post {
  const post: Post = {
    platform: reading.platform,
    instance: reading.instance,
    id: reading.id,
    createdAt: reading.createdAt,
    text: reading.text,
    lang: reading.lang,
    source: reading.client,
    author: reading.author,
    hashtags: reading.hashtags,
    mentions: reading.mentions,
    urls: reading.urls,
    media: reading.media,
    geo: null,
    repostOf: reading.repostOf,
    repostOfAuthor: reading.repostOfAuthor,
    quoteOf: reading.quoteOf,
    replyTo: reading.replyTo,
    reposts: reading.reposts,
  };
  for (const add of hydrators) add(reading, post);
  return post;
}
