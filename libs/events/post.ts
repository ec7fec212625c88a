import { z } from 'zod';

/** Where a located post was written: degrees, `exact` for a point, false for the centre of a place's box. */
export const geoSchema = z.object({ lon: z.number(), lat: z.number(), exact: z.boolean() });

/** `screenName` as the platform wrote it; `id` null where the platform gives none. */
export const mentionSchema = z.object({ screenName: z.string(), id: z.string().nullable() });

/** `url` is the platform's own address of the file; `type` in the platform's words. */
export const mediaSchema = z.object({
  type: z.enum(['photo', 'video', 'animated_gif', 'other']),
  url: z.string(),
});

/** Counts are those of the instant the record was made, null where the record has none. */
export const authorSchema = z.object({
  id: z.string().nullable(),
  screenName: z.string(),
  name: z.string().nullable(),
  followers: z.number().int().nullable(),
  following: z.number().int().nullable(),
  posts: z.number().int().nullable(),
});

/** The highest repost count this record tells of an original (itself or the one it reposts). */
export const repostCountSchema = z.object({ postId: z.string(), count: z.number().int() });

/**
 * A post of any platform, as every summary counts it: text and entities are those of the full post, and of the
 * original where a repost's wrapper cuts them. Lists keep order and repetitions.
 */
export const postSchema = z.object({
  platform: z.string(),
  instance: z.string(),
  id: z.string(),
  /** ISO 8601 UTC, null where the record has no readable time. */
  createdAt: z.string().nullable(),
  text: z.string(),
  /** The platform's own language code, '' where absent. */
  lang: z.string(),
  /** Name of the client the post was written with (markup removed), '' where absent. */
  source: z.string(),
  author: authorSchema.nullable(),
  hashtags: z.array(z.string()),
  mentions: z.array(mentionSchema),
  urls: z.array(z.string()),
  media: z.array(mediaSchema),
  geo: geoSchema.nullable(),
  repostOf: z.string().nullable(),
  /** Screen name of the reposted original's author, null where the post is no repost or the name is unknown. */
  repostOfAuthor: z.string().nullable(),
  quoteOf: z.string().nullable(),
  replyTo: z.string().nullable(),
  reposts: z.array(repostCountSchema),
});

export type Post = z.infer<typeof postSchema>;
export type Geo = z.infer<typeof geoSchema>;
export type Mention = z.infer<typeof mentionSchema>;
export type Media = z.infer<typeof mediaSchema>;
export type Author = z.infer<typeof authorSchema>;
export type RepostCount = z.infer<typeof repostCountSchema>;
