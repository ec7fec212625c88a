import { QueryFailedError } from 'typeorm';

/** Codes of Postgres that say: nothing is wrong with the statement, run the transaction once more. */
const conflicts: ReadonlySet<string> = new Set(['40P01', '40001']);
/** A table or schema that is not there (yet). */
const missing: ReadonlySet<string> = new Set(['42P01', '3F000']);

/**
 * A statement that Postgres refused or a connection that is gone. Unlike TypeORM's own error it does not carry the
 * parameters, which may hold a whole batch or a secret, into logs.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  constructor(
    message: string,
    /** SQLSTATE, the system's code (`ECONNREFUSED`), or '' where there is none. */
    readonly code: string,
    /** The start of the statement, '' where no statement was under way. */
    readonly statement: string = '',
  ) {
    super(message);
  }
}

export function databaseError(error: unknown, statement = ''): Error {
  if (error instanceof DatabaseError) return error;
  if (error instanceof QueryFailedError) return databaseError(error.driverError, error.query);
  const { message, code } = fieldsOf(error);
  return new DatabaseError(message, code, statement.slice(0, 300));
}

/** By shape, not by class: errors of the system come from another realm where code runs in a sandbox, as in Jest. */
function fieldsOf(error: unknown): { message: string; code: string } {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { message: 'message' in error ? String(error.message) : code, code };
}

/** Deadlock or serialisation failure: the same transaction may succeed when it is run again. */
export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && conflicts.has(error.code);

/** The table or schema does not exist: not migrated yet, or a generation that has been dropped. */
export const isMissing = (error: unknown): boolean =>
  error instanceof DatabaseError && missing.has(error.code);

export const isDatabaseError = (error: unknown): error is DatabaseError => error instanceof DatabaseError;
