import { z } from 'zod';

const count = z.number().int().nonnegative();

/** Numbers of a collection. All of them lead to their posts or rejections. */
export const totalsSchema = z.object({
  posts: count,
  duplicates: count,
  rejections: count,
  /** The same by reason. */
  rejectionReasons: z.record(z.string(), count).optional(),
  authors: count,
  /** Control messages by kind. */
  controls: z.record(z.string(), count),
  /** Posts with at least one photo, video or GIF. */
  withMedia: count,
  /** Posts with a place, exact or not, and those with an exact point. */
  located: count,
  exactlyLocated: count,
  /** How many different keys each list has. */
  distinct: z.object({
    hashtags: count,
    mentions: count,
    urls: count,
    domains: count,
    media: count,
    languages: count,
    sources: count,
  }),
  /** By the posts' own time, null while there is none. */
  firstPostAt: z.iso.datetime().nullable(),
  lastPostAt: z.iso.datetime().nullable(),
});

export const collectionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** 'simulated' for ever where the posts are generated; null until the first record told. */
    origin: z.enum(['real', 'simulated']).nullable(),
    /** Everything its jobs handed over is counted, and no job is under way. */
    settled: z.boolean(),
    jobs: z.array(z.string()),
    totals: totalsSchema,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Collection' });

export const renameCollectionSchema = z
  .object({ name: z.string().trim().min(1).max(200) })
  .meta({ id: 'RenameCollection' });

export type Collection = z.infer<typeof collectionSchema>;
export type Totals = z.infer<typeof totalsSchema>;
