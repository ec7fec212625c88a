import type { Outcome } from '#libs/events';

/** JSON.stringify escapes a NUL and the half of a surrogate pair, and writes all other characters as they are. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * An outcome as it goes into the enriched topic. NUL and halves of surrogate pairs, which JSON can hold and Postgres'
 * json and text cannot, become U+FFFD; the raw record keeps them.
 */
export function encodeOutcome(outcome: Outcome): string {
  const json = JSON.stringify(outcome);
  return UNSTORABLE.test(json) ? JSON.stringify(outcome, storable) : json;
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  // UTF-8 has no half pairs: encoding replaces them.
  return Buffer.from(value.replaceAll('\u0000', '\uFFFD')).toString();
}
