import { z } from 'zod';

export const requestRebuildSchema = z
  .object({ from: z.enum(['raw', 'enriched']).default('enriched') })
  .meta({ id: 'RequestRebuild' });

/** A key whose value in the live tables is not what the replay says. `live`/`replayed` null where the row is missing. */
export const differenceSchema = z
  .object({
    table: z.string(),
    key: z.string(),
    live: z.string().nullable(),
    replayed: z.string().nullable(),
  })
  .meta({ id: 'Difference' });

/** A rebuild or a verification. A verification only compares; it never switches. */
export const rebuildSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['rebuild', 'verification']),
    from: z.enum(['raw', 'enriched']),
    state: z.enum(['queued', 'replaying', 'comparing', 'switching', 'completed', 'failed']),
    /** Outcomes replayed of those that the live tables had counted when it began. */
    progress: z.object({ done: z.number(), total: z.number().nullable() }),
    /** Tables compared, rows compared, and the keys that differ (the first 1,000; `differing` counts all). */
    compared: z.object({ tables: z.number(), rows: z.number(), differing: z.number() }).nullable(),
    differences: z.array(differenceSchema),
    error: z.string().nullable(),
    requestedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'Rebuild' });

/** What the system does right now, for the page's and the terminal's first look. */
export const statusSchema = z
  .object({
    version: z.string(),
    /** Address under which people reach this server. */
    url: z.string(),
    generation: z.number(),
    collections: z.number(),
    posts: z.number(),
    /** Posts counted in the last 60 s by this server's clock. */
    postsLastMinute: z.number(),
    /** Raw records taken in, and those of them that are counted. */
    records: z.number(),
    counted: z.number(),
    now: z.iso.datetime(),
  })
  .meta({ id: 'Status' });

export type Rebuild = z.infer<typeof rebuildSchema>;
export type RequestRebuild = z.input<typeof requestRebuildSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Status = z.infer<typeof statusSchema>;
