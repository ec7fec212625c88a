import { type DataSource } from 'typeorm';

import { DatabaseError } from './database-error.js';
import { type Sql, transaction } from './transaction.js';

/**
 * Reads the live generation: one snapshot for all statements of `work`, in which unqualified names are its tables.
 * The pointer is looked up inside the transaction, so a switch of generations is never seen half.
 * @throws DatabaseError with code 42P01 (`isMissing`) while there is no live generation yet.
 */
export function readLive<T>(
  dataSource: DataSource,
  work: (sql: Sql, generation: number) => Promise<T>,
): Promise<T> {
  return transaction(dataSource, { snapshot: true }, async (sql) => {
    const [live] = await sql<{ generation: number }>(
      `select generation, set_config('search_path', 'gen_' || generation, true) from aggregate.pointer`,
    );
    if (!live) throw new DatabaseError('there is no live generation yet', '42P01');
    return work(sql, live.generation);
  });
}
