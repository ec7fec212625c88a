import { z } from 'zod';

/** RFC 9457. `title` says what happened, `detail` what was not done and what to do. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    instance: z.string().optional(),
    /** For invalid input: which field, and what is wrong with it. */
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** A page of a list: `next` is the cursor of the next page, null at the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** `limit` 1–1,000. `cursor` is opaque. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().optional(),
});

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}
export type Problem = z.infer<typeof problemSchema>;
export type PageQuery = z.infer<typeof pageQuerySchema>;
