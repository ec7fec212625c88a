import type { Author, Mention } from '#libs/events';

import { count, exactId, type Json, list, object, text, textOrEmpty } from '../json.js';
import type { Box, Reading } from '../reading.js';
import { readBbox, readPoint } from './geometry.js';
import { platformOf } from './origin.js';
import { repostsOf } from './reposts.js';
import { readTime } from './time.js';
import { contentOf, readFiles, readLinks, readTags, readUserMentions } from './v2-parts.js';

/**
 * A post of X v2: `{data, includes}` of one post, or flattened as twarc2 writes it (author, media, place and what it
 * refers to within the post itself). A repost's text and entities are its original's where that came along. Both
 * spellings of the platform are read (tweets or posts, note_tweet or note_post).
 * @returns null where the record has no id, or nothing that a post has.
 */
export function readV2(record: Json): Reading | null {
  const post = object(record.data) ?? record;
  const id = exactId(post.id, null);
  if (id === null || typeof post.text !== 'string') return null;
  const includes = object(record.includes);
  const repost = repostIn(post, includes);
  const content = repost.original ?? post;
  const { body, entities } = contentOf(content);
  return {
    platform: platformOf(record, post),
    instance: '',
    id,
    createdAt: readTime(post.created_at),
    text: body,
    lang: textOrEmpty(post.lang),
    client: textOrEmpty(post.source),
    author: authorOf(post, includes),
    hashtags: readTags(entities),
    mentions: withAuthor(repost, readUserMentions(entities)),
    urls: readLinks(entities),
    media: readFiles(content, includes),
    point: readPoint(object(post.geo)?.coordinates),
    box: placeOf(post, includes),
    repostOf: repost.id,
    repostOfAuthor: repost.author === null ? null : repost.author.screenName,
    quoteOf: idOf(referenceOf(content, isQuote)),
    replyTo: idOf(referenceOf(post, isReply)),
    reposts: repostsOf(repost.id ?? id, repostCount(post), repostCount(repost.original)),
  };
}

interface Repost {
  readonly id: string | null;
  readonly original: Json | null;
  readonly author: Mention | null;
}

const NO_REPOST: Repost = { id: null, original: null, author: null };

function repostIn(post: Json, includes: Json | null): Repost {
  const reference = referenceOf(post, isRepost);
  const id = idOf(reference);
  if (!reference || id === null) return NO_REPOST;
  const original = referencedPost(reference, id, includes);
  return { id, original, author: authorOfOriginal(post, original, includes) };
}

const isRepost = (type: unknown) => type === 'retweeted' || type === 'reposted';
const isQuote = (type: unknown) => type === 'quoted';
const isReply = (type: unknown) => type === 'replied_to';

function referenceOf(post: Json, isWanted: (type: unknown) => boolean): Json | null {
  for (const entry of list(post.referenced_tweets ?? post.referenced_posts)) {
    const reference = object(entry);
    if (reference && isWanted(reference.type)) return reference;
  }
  return null;
}

const idOf = (reference: Json | null) => (reference ? exactId(reference.id, null) : null);

/** A flattened reference is the post itself; else it lies in the includes, which may lack it. */
function referencedPost(reference: Json, id: string, includes: Json | null): Json | null {
  if (typeof reference.text === 'string') return reference;
  return included(includes?.tweets ?? includes?.posts, id);
}

function included(entries: unknown, id: unknown): Json | null {
  if (typeof id !== 'string') return null;
  for (const entry of list(entries)) {
    const found = object(entry);
    if (found?.id === id) return found;
  }
  return null;
}

function authorOf(post: Json, includes: Json | null): Author | null {
  const id = exactId(post.author_id, null);
  const user = object(post.author) ?? included(includes?.users, post.author_id);
  if (!user) return id === null ? null : { ...nobody, id };
  const metrics = object(user.public_metrics);
  return {
    id: exactId(user.id, null) ?? id,
    screenName: text(user.username) ?? '',
    name: text(user.name),
    followers: count(metrics?.followers_count),
    following: count(metrics?.following_count),
    posts: count(metrics?.tweet_count ?? metrics?.post_count),
  };
}

const nobody = { screenName: '', name: null, followers: null, following: null, posts: null };

/** Who wrote the original: from the includes, else (suspended, not asked for) from the "RT @name:" of the wrapper. */
function authorOfOriginal(post: Json, original: Json | null, includes: Json | null): Mention | null {
  const author = original ? authorOf(original, includes) : null;
  if (author && author.screenName !== '') return { screenName: author.screenName, id: author.id };
  const name = /^RT @(\w+):/.exec(text(post.text) ?? '')?.[1];
  return name === undefined ? null : { screenName: name, id: author?.id ?? null };
}

/** The wrapper's own mentions begin with the original's author anyway. */
function withAuthor({ author, original }: Repost, mentions: Mention[]): Mention[] {
  if (author && original) mentions.unshift(author);
  return mentions;
}

function placeOf(post: Json, includes: Json | null): Box | null {
  const geo = object(post.geo);
  if (!geo) return null;
  const place = object(geo.geo) ?? object(included(includes?.places, geo.place_id)?.geo);
  return readBbox(place?.bbox);
}

function repostCount(post: Json | null): number | null {
  const metrics = object(post?.public_metrics);
  return count(metrics?.retweet_count ?? metrics?.repost_count);
}
