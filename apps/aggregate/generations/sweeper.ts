import { type DataSource } from 'typeorm';

import { transaction, tryAdvisoryLock } from '#libs/db';

import { schemaOf } from '../fold/commit-slices.js';
import { deletedEverywhere, sweptTables } from './compare.js';

/** Rows deleted in one transaction: short enough that nobody waits for it. */
const CHUNK = 5_000;

/**
 * Deletes the rows of collections that are deleted in every partition. What is left to do is seen in the tables
 * alone, so a sweep that was cut off is simply gone on with, by whichever aggregate comes first.
 */
export class Sweeper {
  /** Collections of a generation in which this process has found nothing more. */
  readonly #swept = new Set<string>();

  constructor(private readonly dataSource: DataSource) {}

  /** @returns the number of rows deleted. */
  async sweep(generation: number, signal?: AbortSignal): Promise<number> {
    const collections = await transaction(this.dataSource, {}, (sql) =>
      deletedEverywhere({ sql, generation }),
    );
    const left = collections.filter((collection) => !this.#swept.has(`${generation}/${collection}`));
    if (left.length === 0) return 0;
    const lock = await tryAdvisoryLock(this.dataSource, 'aggregate sweep');
    if (!lock) return 0;
    try {
      let rows = 0;
      for (const collection of left) rows += await this.#sweepOne(generation, collection, signal);
      return rows;
    } finally {
      await lock.release();
    }
  }

  async #sweepOne(generation: number, collection: string, signal?: AbortSignal): Promise<number> {
    let total = 0;
    for (const table of sweptTables) {
      for (let rows = CHUNK; rows === CHUNK && !signal?.aborted; total += rows) {
        rows = await this.#chunk(generation, table, collection);
      }
    }
    if (!signal?.aborted) this.#swept.add(`${generation}/${collection}`);
    return total;
  }

  async #chunk(generation: number, table: string, collection: string): Promise<number> {
    return transaction(this.dataSource, { schema: schemaOf(generation) }, async (sql) => {
      const [deleted] = await sql<{ rows: number }>(
        `with gone as (delete from ${table} where ctid = any (array(
           select ctid from ${table} where collection = $1 limit ${CHUNK})) returning 1)
         select count(*) as rows from gone`,
        [collection],
      );
      return deleted?.rows ?? 0;
    });
  }
}
