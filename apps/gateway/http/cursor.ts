import { z } from 'zod';

import { type Page } from '#libs/api';

import { invalid } from './problem.js';

/** A cursor names the list it belongs to and the sort key of the last row given. Opaque to callers. */
export function encodeCursor(list: string, key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/**
 * The sort key within a cursor, undefined without one.
 * @throws ProblemError when it is none of this list.
 */
export function decodeCursor<T extends z.ZodType>(
  list: string,
  key: T,
  cursor: string | undefined,
): z.infer<T> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [name, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (name === list) return key.parse(rest);
  } catch {
    // What cannot be read is answered like what belongs to another list.
  }
  throw invalid('cursor', 'is not one that this list gave');
}

/** Cuts the one row that was asked for beyond the limit, and says how to go on. */
export function pageFrom<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** Counts, offsets: what a cursor may hold of numbers. */
export const cursorNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** No text that Postgres could not compare. */
export const cursorText = z.string().refine((text) => !text.includes('\u0000'));
