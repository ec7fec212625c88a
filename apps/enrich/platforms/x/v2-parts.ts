import type { Media, Mention } from '#libs/events';

import { exactId, type Json, list, object, text } from '../json.js';
import { bestVideo, mediaType } from './media.js';

/** Text and entities of the whole post: those of the note where the post is a long one. */
export function contentOf(post: Json): { body: string; entities: Json | null } {
  const note = object(post.note_tweet) ?? object(post.note_post);
  return {
    body: text(note?.text) ?? text(post.text) ?? '',
    entities: object(note?.entities) ?? object(post.entities),
  };
}

export function readTags(entities: Json | null): string[] {
  const found: string[] = [];
  for (const hashtag of list(entities?.hashtags)) {
    const tag = text(object(hashtag)?.tag);
    if (tag !== null) found.push(tag);
  }
  return found;
}

export function readUserMentions(entities: Json | null): Mention[] {
  const found: Mention[] = [];
  for (const mention of list(entities?.mentions)) {
    const user = object(mention);
    const screenName = text(user?.username);
    if (user && screenName !== null) found.push({ screenName, id: exactId(user.id, null) });
  }
  return found;
}

/** Links as the platform expanded them, without those to the post's own media, which v2 keeps among them. */
export function readLinks(entities: Json | null): string[] {
  const found: string[] = [];
  for (const entry of list(entities?.urls)) {
    const link = object(entry);
    const expanded = text(link?.expanded_url);
    if (link && expanded !== null && !isMediaLink(link)) found.push(expanded);
  }
  return found;
}

function isMediaLink(link: Json): boolean {
  return Boolean(link.media_key) || /^pic\.(twitter|x)\.com\b/i.test(text(link.display_url) ?? '');
}

/** The post's files: within it where it is flattened, else by their keys; a key that was not included has no file. */
export function readFiles(post: Json, includes: Json | null): Media[] {
  const attachments = object(post.attachments);
  if (!attachments) return [];
  const flattened = list(attachments.media);
  const found: Media[] = [];
  if (flattened.length > 0) {
    for (const file of flattened) add(found, object(file));
    return found;
  }
  for (const key of list(attachments.media_keys)) add(found, fileOf(includes, key));
  return found;
}

function fileOf(includes: Json | null, key: unknown): Json | null {
  for (const entry of list(includes?.media)) {
    const file = object(entry);
    if (file?.media_key === key) return file;
  }
  return null;
}

function add(found: Media[], file: Json | null): void {
  if (!file) return;
  const type = mediaType(file.type);
  const url =
    type === 'photo'
      ? text(file.url)
      : (bestVideo(file.variants) ?? text(file.preview_image_url) ?? text(file.url));
  if (url !== null) found.push({ type, url });
}
