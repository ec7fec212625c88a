import type { Author, Media, Mention } from '#libs/events';

import { count, exactId, type Json, list, object, text } from '../json.js';
import { bestVideo, mediaType } from './media.js';

// The parts of a post that v1.1 and the personal archives write alike.

export function readHashtags(entities: Json | null): string[] {
  const found: string[] = [];
  for (const hashtag of list(entities?.hashtags)) {
    const tag = text(object(hashtag)?.text);
    if (tag !== null) found.push(tag);
  }
  return found;
}

export function readMentions(entities: Json | null): Mention[] {
  const found: Mention[] = [];
  for (const mention of list(entities?.user_mentions)) {
    const user = object(mention);
    const screenName = text(user?.screen_name);
    if (user && screenName !== null) found.push({ screenName, id: exactId(user.id_str, user.id) });
  }
  return found;
}

/** Links as the platform expanded them; it gives null for some. */
export function readUrls(entities: Json | null): string[] {
  const found: string[] = [];
  for (const url of list(entities?.urls)) {
    const expanded = text(object(url)?.expanded_url);
    if (expanded !== null) found.push(expanded);
  }
  return found;
}

/**
 * All files of a post. `entities` shows only the first and calls everything a photo, so it counts only where there are
 * no extended entities.
 */
export function readMedia(entities: Json | null, extended: Json | null): Media[] {
  const all = list(extended?.media);
  const found: Media[] = [];
  for (const entry of all.length > 0 ? all : list(entities?.media)) {
    const file = object(entry);
    if (!file) continue;
    const type = mediaType(file.type);
    const picture = text(file.media_url) ?? text(file.media_url_https);
    const video = type === 'photo' ? null : bestVideo(object(file.video_info)?.variants);
    const url = video ?? picture;
    if (url !== null) found.push({ type, url });
  }
  return found;
}

/** Null where there is no user object; an account of which only the id is told has an empty screen name. */
export function readUser(value: unknown): Author | null {
  const user = object(value);
  if (!user) return null;
  const id = exactId(user.id_str, user.id);
  const screenName = text(user.screen_name);
  if (id === null && screenName === null) return null;
  return {
    id,
    screenName: screenName ?? '',
    name: text(user.name),
    followers: count(user.followers_count),
    following: count(user.friends_count),
    posts: count(user.statuses_count),
  };
}
