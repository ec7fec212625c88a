import { isLogStarted, type Outcome, parseLogStarted, type RawMeta, readRawMeta } from '#libs/events';
import { type LogRecord } from '#libs/kafka';

import { type Dialects } from './dialects.js';
import { envelope } from './envelope.js';
import { outcomeOf } from './outcome-of.js';
import { rejected, Rejection } from './rejection.js';

export interface MadeOutcome {
  readonly outcome: Outcome;
  readonly meta: RawMeta;
  /** The raw record's. */
  readonly bytes: Buffer;
}

/** The outcome of a record of `posts.raw.v1`; null for a tombstone, whose record was erased. */
export function outcomeOfRecord(
  { key, value: bytes, headers, offset, timestamp }: LogRecord,
  partition: number,
  dialects?: Dialects,
): MadeOutcome | null {
  if (bytes === null) return null;
  const raw = { partition, offset };
  if (isLogStarted(key)) {
    const meta = nobodys(timestamp);
    return {
      bytes,
      meta,
      outcome: { ...envelope(meta, raw, null), type: 'MarkerPassed', data: parseLogStarted(bytes) },
    };
  }
  const meta = metaOf(headers);
  if (meta instanceof Rejection) {
    const strangers = nobodys(timestamp);
    return { bytes, meta: strangers, outcome: rejected(meta, bytes, strangers, raw) };
  }
  return { bytes, meta, outcome: outcomeOf(bytes, meta, raw, dialects) };
}

/** A record that ingest did not write has no place in any collection; it must not stop its partition, though. */
function metaOf(headers: LogRecord['headers']): RawMeta | Rejection {
  try {
    return readRawMeta(headers);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return new Rejection('unknown_format', `The record was not written by ingest: ${error.message}.`);
  }
}

/** What a record that belongs to no collection is filed under. */
const nobodys = (timestamp: number): RawMeta => ({
  collection: '',
  job: '',
  source: '',
  position: 0,
  identity: null,
  format: 'unknown',
  encoding: 'utf-8',
  place: { line: null, offset: null },
  collectedAt: new Date(timestamp).toISOString(),
  origin: 'real',
  replayOf: null,
});
