import type { Hydrator } from './hydrator.js';

const MARKUP = /^\s*<a\b[^>]*>([\s\S]*?)<\/a>\s*$/i;

/** Names recur millions of times in a handful of forms; the map is cut off, since a file may hold made-up ones. */
const REMEMBERED = 1_000;
const names = new Map<string, string>();

/** The name of the client a post was written with, out of the link the platform wraps it in. */
export const client: Hydrator = (reading, post) => {
  const written = reading.client;
  let name = names.get(written);
  if (name === undefined) {
    name = MARKUP.exec(written)?.[1] ?? written;
    if (names.size < REMEMBERED) names.set(written, name);
  }
  post.source = name;
};
