import { count, exactId, type Json, object, text, textOrEmpty } from '../json.js';
import type { Reading } from '../reading.js';
import { platformOf } from './origin.js';
import { repostsOf } from './reposts.js';
import { readTime } from './time.js';
import { readHashtags, readMedia, readMentions, readUrls, readUser } from './v1-parts.js';
import { boxOf, pointOf, repostIn } from './v1.js';

/**
 * A post of a personal archive: `{"tweet": {…}}` since 2018, the bare post before. Its own entities count, also where
 * it reposts: that is what the platform gave its owner, and newer archives have nothing else. Numbers may be texts.
 * @returns null where the record has no id, or no text.
 */
export function readArchive(record: Json): Reading | null {
  const post = object(record.tweet) ?? record;
  const id = exactId(post.id_str, post.id);
  const written = text(post.full_text) ?? text(post.text);
  if (id === null || written === null) return null;
  const repost = repostIn(post);
  const entities = object(post.entities);
  return {
    platform: platformOf(record, post),
    instance: '',
    id,
    createdAt: readTime(post.created_at),
    text: written,
    lang: textOrEmpty(post.lang),
    client: textOrEmpty(post.source),
    author: readUser(post.user),
    hashtags: readHashtags(entities),
    mentions: readMentions(entities),
    urls: readUrls(entities),
    media: readMedia(entities, object(post.extended_entities)),
    point: pointOf(post),
    box: boxOf(post.place),
    repostOf: repost.id,
    repostOfAuthor: repost.author === null ? null : repost.author.screenName,
    quoteOf: exactId(post.quoted_status_id_str, post.quoted_status_id),
    replyTo: exactId(post.in_reply_to_status_id_str, post.in_reply_to_status_id),
    reposts: repostsOf(repost.id ?? id, count(post.retweet_count), repost.count),
  };
}
