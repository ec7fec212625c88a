import { z } from 'zod';

import { databaseSettings, loadConfig, port, serviceSettings } from '#libs/runtime';

const schema = z.object({
  ...serviceSettings,
  ...databaseSettings,
  INGEST_PORT: port(0),
  /** Where uploads lie; the gateway writes them there. */
  BLOBS_DIR: z.string(),
  /** Jobs that this process runs at the same time; the others wait for their turn. */
  INGEST_JOBS: z.coerce.number().int().min(1).max(64).default(2),
  /** A job whose runner was not heard of for so long (ms) goes to another. */
  INGEST_LEASE_MS: z.coerce.number().int().min(1_000).default(10_000),
});

export type IngestConfig = Readonly<z.infer<typeof schema>>;

export const ingestConfig = (from?: Readonly<Record<string, string | undefined>>): IngestConfig =>
  loadConfig(schema, from);
