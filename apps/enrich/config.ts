import { z } from 'zod';

import { loadConfig, port, serviceSettings } from '#libs/runtime';

const schema = z.object({
  ...serviceSettings,
  /** Where health and metrics are served. */
  ENRICH_PORT: port(0),
  /** Partitions worked on at the same time: while the outcomes of one are being acknowledged, others are mapped. */
  ENRICH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),
});

export type EnrichConfig = Readonly<z.infer<typeof schema>>;

export const enrichConfig = (from?: Readonly<Record<string, string | undefined>>): EnrichConfig =>
  loadConfig(schema, from);
