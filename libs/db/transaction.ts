import { type ClientBase } from 'pg';
import { type DataSource, type QueryRunner } from 'typeorm';

import { CopyIn } from './copy.js';
import { databaseError } from './database-error.js';

/** Runs one statement and returns its rows. @throws DatabaseError */
export type Sql = <Row = Record<string, unknown>>(
  statement: string,
  parameters?: readonly unknown[],
) => Promise<Row[]>;

/** What a transaction can do: run statements, and take in rows by COPY. */
export interface TransactionSql extends Sql {
  /**
   * Appends rows to a table.
   * @param lines rows as `copyFields` writes them, each with a line end.
   */
  copy(table: string, columns: readonly string[], lines: readonly string[]): Promise<void>;
}

export interface TransactionOptions {
  /** `set local search_path`: the schema whose tables unqualified names mean. */
  readonly schema?: string;
  /** One snapshot for all statements, no writes. */
  readonly snapshot?: boolean;
  /** Further settings for this transaction only, e.g. `{ synchronous_commit: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs statements outside a transaction, each on any connection. */
export function sqlOf(dataSource: DataSource): Sql {
  return async <Row>(statement: string, parameters: readonly unknown[] = []) => {
    const runner = dataSource.createQueryRunner();
    try {
      return await rowsOf<Row>(runner, statement, parameters);
    } finally {
      await runner.release();
    }
  };
}

/**
 * Runs `work` in one transaction on one connection; commits when it returns, rolls back when it throws.
 * @throws DatabaseError, or what `work` throws.
 */
export async function transaction<T>(
  dataSource: DataSource,
  options: TransactionOptions,
  work: (sql: TransactionSql) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const sql = transactionSql(runner);
    await sql(beginStatement(options));
    const result = await work(sql);
    await sql('commit');
    return result;
  } catch (error) {
    // When the connection itself is gone there is nothing left to roll back; the first error is the one that counts.
    if (!runner.isReleased) await runner.query('rollback').catch(() => {});
    throw error;
  } finally {
    if (!runner.isReleased) await runner.release();
  }
}

function transactionSql(runner: QueryRunner): TransactionSql {
  const sql: Sql = (statement, parameters = []) => rowsOf(runner, statement, parameters);
  return Object.assign(sql, {
    copy: async (table: string, columns: readonly string[], lines: readonly string[]) => {
      const statement = `copy ${table} (${columns.join(', ')}) from stdin`;
      try {
        const client = (await runner.connect()) as ClientBase;
        await client.query(new CopyIn(statement, lines)).done;
      } catch (error) {
        throw databaseError(error, statement);
      }
    },
  });
}

function beginStatement({ schema, snapshot, settings }: TransactionOptions): string {
  const local = { ...settings, ...(schema && { search_path: schema }) };
  return [
    snapshot ? 'begin isolation level repeatable read read only' : 'begin',
    ...Object.entries(local).map(([name, value]) => `set local ${name} = '${value.replaceAll("'", "''")}'`),
  ].join('; ');
}

async function rowsOf<Row>(
  runner: QueryRunner,
  statement: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  try {
    // Without parameters the simple protocol is used, which takes several statements in one round trip.
    const result = await runner.query(statement, parameters.length > 0 ? [...parameters] : undefined, true);
    return (result.records ?? []) as Row[];
  } catch (error) {
    throw databaseError(error, statement);
  }
}
