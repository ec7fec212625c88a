import { MAX_RECORD_BYTES, type Outcome, type RawMeta } from '#libs/events';

import { rejected, Rejection } from './rejection.js';

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

/** No character of JavaScript's strings takes more bytes. */
const WIDEST = 3;

/**
 * An outcome that the log takes, and its text. A record of nothing but mentions, say, can be longer as a post than it
 * was: what does not fit any more is a rejection.
 */
export function encodeFitting(
  { outcome, meta, bytes }: { outcome: Outcome; meta: RawMeta; bytes: Buffer },
  limit = MAX_RECORD_BYTES,
): { outcome: Outcome; value: string } {
  const value = encodeOutcome(outcome);
  if (value.length * WIDEST <= limit || Buffer.byteLength(value) <= limit) return { outcome, value };
  const why = `What the record says takes ${Buffer.byteLength(value)} bytes, more than the ${limit} that fit into the log.`;
  const refused = rejected(new Rejection('too_large', why), bytes, meta, outcome.raw);
  return { outcome: refused, value: encodeOutcome(refused) };
}
