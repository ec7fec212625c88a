import type { Mention } from '#libs/events';

import { count, exactId, type Json, list, object, text, textOrEmpty } from '../json.js';
import type { Box, Point, Reading } from '../reading.js';
import { readPoint, readRing, readSwappedPoint } from './geometry.js';
import { platformOf } from './origin.js';
import { repostsOf } from './reposts.js';
import { readEpoch, readTime } from './time.js';
import { readHashtags, readMedia, readMentions, readUrls, readUser } from './v1-parts.js';

/**
 * A post of X v1.1: search, look-up (`full_text`) or stream (`extended_tweet`). A repost's text and entities are its
 * original's, because the wrapper cuts them; author, place and language are the wrapper's own.
 * @returns null where the record has no id, or nothing that a post has.
 */
export function readV1(record: Json): Reading | null {
  const id = exactId(record.id_str, record.id);
  if (id === null || !saysSomething(record)) return null;
  const repost = repostIn(record);
  const content = contentOf(repost.original ?? record);
  return {
    platform: platformOf(record),
    instance: '',
    id,
    createdAt: readTime(record.created_at) ?? readEpoch(record.timestamp_ms),
    text: content.text,
    lang: textOrEmpty(record.lang),
    client: textOrEmpty(record.source),
    author: readUser(record.user),
    hashtags: readHashtags(content.entities),
    mentions: behind(repost.author, readMentions(content.entities)),
    urls: readUrls(content.entities),
    media: readMedia(content.entities, content.extended),
    point: pointOf(record),
    box: boxOf(record.place),
    repostOf: repost.id,
    repostOfAuthor: repost.author === null ? null : repost.author.screenName,
    quoteOf: content.quoteOf,
    replyTo: exactId(record.in_reply_to_status_id_str, record.in_reply_to_status_id),
    // A stream writes 0 on the outside of a repost, a look-up what the original has.
    reposts: repostsOf(repost.id ?? id, count(record.retweet_count), repost.count),
  };
}

interface Repost {
  readonly id: string | null;
  readonly original: Json | null;
  readonly author: Mention | null;
  readonly count: number | null;
}

const NO_REPOST: Repost = { id: null, original: null, author: null, count: null };

/** What a post reposts: `retweeted_status` with an id. */
export function repostIn(record: Json): Repost {
  const original = object(record.retweeted_status);
  const id = original ? exactId(original.id_str, original.id) : null;
  if (!original || id === null) return NO_REPOST;
  const user = object(original.user);
  const screenName = text(user?.screen_name);
  const author = user && screenName !== null ? { screenName, id: exactId(user.id_str, user.id) } : null;
  return { id, original, author, count: count(original.retweet_count) };
}

interface Content {
  readonly text: string;
  readonly entities: Json | null;
  readonly extended: Json | null;
  readonly quoteOf: string | null;
}

/** Text and entities of the whole post: those of `extended_tweet`, not mixed with the cut ones, where it is there. */
function contentOf(post: Json): Content {
  const full = object(post.extended_tweet);
  const quoteOf = quotedBy(post);
  const shown = textOrEmpty(post.full_text) || textOrEmpty(post.text);
  if (!full) {
    return {
      text: shown,
      entities: object(post.entities),
      extended: object(post.extended_entities),
      quoteOf,
    };
  }
  const entities = object(full.entities) ?? object(post.entities);
  return {
    text: textOrEmpty(full.full_text) || shown,
    entities,
    extended: object(full.extended_entities),
    quoteOf,
  };
}

function saysSomething(record: Json): boolean {
  const { text: short, full_text: long, user, created_at: time } = record;
  return typeof short === 'string' || typeof long === 'string' || object(user) !== null || Boolean(time);
}

function behind(first: Mention | null, mentions: Mention[]): Mention[] {
  if (first) mentions.unshift(first);
  return mentions;
}

function quotedBy(content: Json): string | null {
  const named = exactId(content.quoted_status_id_str, content.quoted_status_id);
  if (named !== null) return named;
  const quoted = object(content.quoted_status);
  return quoted ? exactId(quoted.id_str, quoted.id) : null;
}

/** Where the post was written, exactly: `coordinates`, else the deprecated `geo`. */
export function pointOf(record: Json): Point | null {
  return readPoint(record.coordinates) ?? readSwappedPoint(record.geo);
}

/** The box of a v1.1 place. */
export function boxOf(place: unknown): Box | null {
  return readRing(list(object(object(place)?.bounding_box)?.coordinates)[0]);
}
