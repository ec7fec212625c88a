import { z } from 'zod';

import { type DatabaseOptions } from '#libs/db';
import { databaseSettings, loadConfig, port, serviceSettings } from '#libs/runtime';

import { AGGREGATE_SCHEMA, migrations } from './generations/migrations.js';

const schema = z.object({
  ...serviceSettings,
  ...databaseSettings,
  AGGREGATE_PORT: port(0),
  /** Outcomes in one transaction at most. */
  AGGREGATE_BATCH: z.coerce.number().int().min(1).max(200_000).default(20_000),
  /** How long (ms) readers may still look at a generation that was switched away from. */
  AGGREGATE_GRACE_MS: z.coerce.number().int().min(0).default(60_000),
});

export type AggregateConfig = Readonly<z.infer<typeof schema>>;

export const aggregateConfig = (from?: Readonly<Record<string, string | undefined>>): AggregateConfig =>
  loadConfig(schema, from);

export const databaseOptions = ({ DATABASE_URL: url }: Pick<AggregateConfig, 'DATABASE_URL'>) =>
  ({
    url,
    application: 'murmuration-aggregate',
    schema: AGGREGATE_SCHEMA,
    migrations,
  }) satisfies DatabaseOptions;

/**
 * Postgres ends a transaction of a process that was paused before the consumer group gives its partitions to others
 * (after 10 s): its locks are gone by then, and its offsets were not moved. A statement may take longer than that: the
 * process lives and tells the group so.
 */
export const foldingSettings = { statement_timeout: '2min', idle_in_transaction_session_timeout: '5s' };
