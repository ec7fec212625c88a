import { z } from 'zod';

const post = {
  platform: z.string(),
  instance: z.string(),
  id: z.string(),
  createdAt: z.iso.datetime().nullable(),
  text: z.string(),
  lang: z.string(),
  source: z.string(),
  author: z
    .object({
      id: z.string().nullable(),
      screenName: z.string(),
      name: z.string().nullable(),
      followers: z.number().nullable(),
      following: z.number().nullable(),
    })
    .nullable(),
  hashtags: z.array(z.string()),
  mentions: z.array(z.string()),
  urls: z.array(z.string()),
  media: z.array(z.object({ type: z.string(), url: z.string() })),
  geo: z.object({ lon: z.number(), lat: z.number(), exact: z.boolean() }).nullable(),
  repostOf: z.string().nullable(),
  quoteOf: z.string().nullable(),
  replyTo: z.string().nullable(),
  /** Further copies that were delivered; they count nowhere else. */
  duplicates: z.number().int(),
  /** Where the post can be seen on its platform, null where it has no public address (simulated posts). */
  link: z.url().nullable(),
  /** `platform:instance:id`, what `/posts/{ref}` takes. */
  ref: z.string(),
};

export const postRowSchema = z.object(post).meta({ id: 'Post' });

/** A post with what the platform sent: `raw` is JSON where it is JSON, and the exact text in any case. */
export const postDetailSchema = z
  .object({
    ...post,
    raw: z.unknown(),
    rawText: z.string(),
    rawPlace: z.object({ partition: z.number(), offset: z.number() }),
  })
  .meta({ id: 'PostDetail' });

/** Filters of `/collections/{id}/posts`; all given ones must hold. Each number's link uses one of them. */
export const postFilterSchema = z.object({
  hashtag: z.string().optional(),
  mention: z.string().optional(),
  url: z.string().optional(),
  domain: z.string().optional(),
  media: z.string().optional(),
  language: z.string().optional(),
  source: z.string().optional(),
  /** Author id, or @screen name in any case. */
  author: z.string().optional(),
  platform: z.string().optional(),
  /** The original or any of its reposts. */
  repostsOf: z.string().optional(),
  /** `any`: exact points and place centres; `exact`: exact points only. */
  located: z.enum(['any', 'exact']).optional(),
  withMedia: z.enum(['true']).optional(),
  duplicated: z.enum(['true']).optional(),
  /** By the post's own time: from (inclusive), to (exclusive), ISO 8601. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** Words that must all occur in the text. */
  q: z.string().max(500).optional(),
  order: z.enum(['newest', 'oldest']).default('newest'),
});

export const rejectionSchema = z
  .object({
    /** `partition:offset` of the raw record: what `replay` takes. */
    id: z.string(),
    file: z.string(),
    line: z.number().nullable(),
    offset: z.number().nullable(),
    reason: z.string(),
    detail: z.string(),
    excerpt: z.string(),
    bytes: z.number(),
    receivedAt: z.iso.datetime(),
  })
  .meta({ id: 'Rejection' });

export const replaySchema = z
  .object({
    ids: z
      .array(z.string().regex(/^\d+:\d+$/))
      .min(1)
      .max(10_000)
      .optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Replay' });

export type PostRow = z.infer<typeof postRowSchema>;
export type PostDetail = z.infer<typeof postDetailSchema>;
export type PostFilter = z.infer<typeof postFilterSchema>;
export type Rejection = z.infer<typeof rejectionSchema>;
