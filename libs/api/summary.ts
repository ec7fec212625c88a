import { z } from 'zod';

const count = z.number().int().nonnegative();

/** The lists of a collection that count keys, with the column names of their CSV. */
export const countedLists = [
  'hashtags',
  'mentions',
  'urls',
  'domains',
  'media',
  'languages',
  'sources',
] as const;
export type CountedList = (typeof countedLists)[number];

/**
 * One counted key. `count` counts every occurrence, also twice in one post; `posts` is how many posts the link behind
 * the number returns. `display` is the form most often written.
 */
export const countSchema = z
  .object({ key: z.string(), display: z.string(), count, posts: count, type: z.string().optional() })
  .meta({ id: 'Count' });

export const authorSorts = ['posts', 'followers', 'ratio'] as const;

export const authorRowSchema = z
  .object({
    id: z.string().nullable(),
    platform: z.string(),
    screenName: z.string(),
    name: z.string().nullable(),
    posts: count,
    /** Of the author's post with the highest id; null where the platform does not tell. */
    followers: count.nullable(),
    following: count.nullable(),
    /** followers / following, null where following is 0 or unknown. */
    ratio: z.number().nullable(),
  })
  .meta({ id: 'Author' });

/** The highest repost count seen of an original; `post` is the original or one of its reposts, where we hold one. */
export const repostRowSchema = z
  .object({
    platform: z.string(),
    postId: z.string(),
    count,
    post: z
      .object({
        id: z.string(),
        text: z.string(),
        lang: z.string(),
        author: z.string().nullable(),
        createdAt: z.iso.datetime().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Repost' });

export const geoRowSchema = z
  .object({ platform: z.string(), postId: z.string(), lon: z.number(), lat: z.number(), exact: z.boolean() })
  .meta({ id: 'GeoPoint' });

export const buckets = ['minute', 'hour', 'day'] as const;
/** Posts per bin by their own time, UTC; bins without posts are left out. */
export const timelineBinSchema = z.object({ at: z.iso.datetime(), count }).meta({ id: 'TimelineBin' });
export const timelineSchema = z
  .object({ bucket: z.enum(buckets), items: z.array(timelineBinSchema) })
  .meta({ id: 'Timeline' });

export const edgeSchema = z.object({ from: z.string(), to: z.string(), count }).meta({ id: 'Edge' });

export type Count = z.infer<typeof countSchema>;
export type AuthorRow = z.infer<typeof authorRowSchema>;
export type RepostRow = z.infer<typeof repostRowSchema>;
export type GeoRow = z.infer<typeof geoRowSchema>;
export type TimelineBin = z.infer<typeof timelineBinSchema>;
export type Timeline = z.infer<typeof timelineSchema>;
export type Edge = z.infer<typeof edgeSchema>;
