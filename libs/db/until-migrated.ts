import { setTimeout as delay } from 'node:timers/promises';

import { type DataSource } from 'typeorm';

import { type DatabaseOptions, openDataSource } from './data-source.js';
import { DatabaseError } from './database-error.js';
import { pendingMigrations } from './migrate.js';

/**
 * Connects and waits until somebody has run the schema's migrations (`node main.js migrate`): apps do not migrate at
 * start, where several copies would.
 * @param onWait called each time something is still missing, with a sentence.
 * @throws DatabaseError when the server does not answer within `patience` ms.
 */
export async function openMigrated(
  options: DatabaseOptions & { readonly schema: string },
  onWait: (what: string) => void,
  patience = 60_000,
): Promise<DataSource> {
  const dataSource = await connected(options, onWait, patience);
  for (let pause = 100; ; pause = Math.min(2_000, pause * 2)) {
    const pending = await pendingMigrations(dataSource, options);
    if (pending.length === 0) return dataSource;
    onWait(`schema ${options.schema} lacks ${pending.join(', ')}: run this app with the argument "migrate"`);
    await delay(pause);
  }
}

async function connected(
  options: DatabaseOptions,
  onWait: (what: string) => void,
  patience: number,
): Promise<DataSource> {
  for (let waited = 0, pause = 100; ; waited += pause, pause = Math.min(2_000, pause * 2)) {
    try {
      return await openDataSource(options);
    } catch (error) {
      if (!(error instanceof DatabaseError) || waited >= patience) throw error;
      onWait(`Postgres does not answer: ${error.message}`);
      await delay(pause);
    }
  }
}
