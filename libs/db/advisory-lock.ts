import { type DataSource } from 'typeorm';

import { databaseError } from './database-error.js';

/** A lock that the database holds for this process until it is released, or its connection ends. */
export interface AdvisoryLock {
  /** Throws when the connection, and with it the lock, is gone. To be asked before each step that relies on it. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

const key = 'hashtextextended($1, 0)';

/** Takes the lock of that name, waiting for it. It occupies one connection. */
export async function takeAdvisoryLock(dataSource: DataSource, name: string): Promise<AdvisoryLock> {
  const lock = await attempt(dataSource, name, `select true as held from pg_advisory_lock(${key})`);
  if (!lock) throw new Error(`advisory lock "${name}" was not given`);
  return lock;
}

/** Takes the lock of that name, or returns null when another one holds it. */
export const tryAdvisoryLock = (dataSource: DataSource, name: string): Promise<AdvisoryLock | null> =>
  attempt(dataSource, name, `select pg_try_advisory_lock(${key}) as held`);

async function attempt(dataSource: DataSource, name: string, take: string): Promise<AdvisoryLock | null> {
  const runner = dataSource.createQueryRunner();
  const run = async (statement: string, parameters?: unknown[]) => {
    try {
      return (await runner.query(statement, parameters)) as { held: boolean }[];
    } catch (error) {
      throw databaseError(error, statement);
    }
  };
  try {
    const [answer] = await run(take, [name]);
    if (!answer?.held) {
      await runner.release();
      return null;
    }
  } catch (error) {
    if (!runner.isReleased) await runner.release();
    throw error;
  }
  return {
    assertHeld: async () => {
      await run('select true as held');
    },
    release: async () => {
      if (runner.isReleased) return;
      // A connection that is gone has let go of the lock by itself.
      await run(`select pg_advisory_unlock(${key}) as held`, [name]).catch(() => {});
      if (!runner.isReleased) await runner.release();
    },
  };
}

/** Runs `work` while holding the lock of that name. */
export async function withAdvisoryLock<T>(
  dataSource: DataSource,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await takeAdvisoryLock(dataSource, name);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
