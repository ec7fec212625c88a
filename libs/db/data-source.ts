import {
  DataSource,
  type DataSourceOptions,
  type EntitySchema,
  type Logger,
  type MigrationInterface,
} from 'typeorm';

import { databaseError } from './database-error.js';

type EntityClass = new () => object;

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly application: string;
  /** Where TypeORM looks for tables and keeps its list of migrations. */
  readonly schema?: string;
  readonly entities?: readonly (EntityClass | EntitySchema)[];
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** Connections at most. */
  readonly connections?: number;
  /** Settings of each session, e.g. `{ statement_timeout: '15s' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What goes wrong is thrown; TypeORM would also print it, with all parameters. */
const silent: Logger = {
  log: () => {},
  logMigration: () => {},
  logQuery: () => {},
  logQueryError: () => {},
  logQuerySlow: () => {},
  logSchemaBuild: () => {},
};

/** A data source that is not connected yet. Numbers of Postgres' bigint arrive as JavaScript numbers: ours fit 2^53. */
export function dataSourceOf(options: DatabaseOptions, extra: Partial<DataSourceOptions> = {}): DataSource {
  const settings = Object.entries(options.settings ?? {}).map(([name, value]) => `-c ${name}=${value}`);
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.application,
    ...(options.schema && { schema: options.schema }),
    entities: [...(options.entities ?? [])],
    migrations: [...(options.migrations ?? [])],
    poolSize: options.connections ?? 5,
    parseInt8: true,
    // An idle connection that breaks is no event: the next query opens another one.
    poolErrorHandler: () => {},
    extra: { ...(settings.length > 0 && { options: settings.join(' ') }), connectionTimeoutMillis: 5_000 },
    logger: silent,
    ...extra,
  } as DataSourceOptions);
}

/** Connects. @throws DatabaseError when the server does not answer. */
export async function openDataSource(
  options: DatabaseOptions,
  extra: Partial<DataSourceOptions> = {},
): Promise<DataSource> {
  try {
    return await dataSourceOf(options, extra).initialize();
  } catch (error) {
    throw databaseError(error);
  }
}
