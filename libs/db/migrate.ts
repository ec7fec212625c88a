import { type DataSource } from 'typeorm';

import { withAdvisoryLock } from './advisory-lock.js';
import { type DatabaseOptions, dataSourceOf, openDataSource } from './data-source.js';
import { databaseError, isMissing } from './database-error.js';
import { sqlOf } from './transaction.js';

type Migrated = DatabaseOptions & { readonly schema: string };

/**
 * Makes the schema and runs its migrations, each in a transaction of its own. Several processes may do so at once.
 * @returns the names of those that were run now.
 */
export async function migrate(options: Migrated): Promise<string[]> {
  const plain = await openDataSource({ ...options, entities: [], migrations: [], connections: 2 });
  try {
    return await withAdvisoryLock(plain, `migrate ${options.schema}`, async () => {
      await sqlOf(plain)(`create schema if not exists "${options.schema}"`);
      return runMigrations(options);
    });
  } finally {
    await plain.destroy();
  }
}

async function runMigrations(options: Migrated): Promise<string[]> {
  const dataSource = await dataSourceOf({ ...options, connections: 1 }).initialize();
  try {
    const run = await dataSource.runMigrations({ transaction: 'each' });
    return run.map(({ name }) => name);
  } catch (error) {
    throw databaseError(error);
  } finally {
    await dataSource.destroy();
  }
}

/** Names of the schema's migrations that the database does not have yet; reads only. */
export async function pendingMigrations(
  dataSource: DataSource,
  options: Pick<Migrated, 'schema' | 'migrations'>,
): Promise<string[]> {
  const names = (options.migrations ?? []).map(({ name }) => name);
  try {
    const rows = await sqlOf(dataSource)<{ name: string }>(`select name from "${options.schema}".migrations`);
    const done = new Set(rows.map(({ name }) => name));
    return names.filter((name) => !done.has(name));
  } catch (error) {
    if (isMissing(error)) return names;
    throw error;
  }
}
