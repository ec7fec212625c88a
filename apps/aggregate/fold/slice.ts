import { type Link } from '@opentelemetry/api';

import { type CountedKey, countedKeys, type Outcome, type PostEnriched } from '#libs/events';

import { type PostLine, postLine } from '../projections/posts.js';
import { type ReadOutcome } from './parse-outcome.js';

/** One record of an enriched topic, read and prepared outside the transaction. */
export interface PreparedRecord {
  /** Its offset in the enriched topic. */
  readonly offset: number;
  readonly outcome: Outcome;
  /** Posts only. */
  readonly prepared: PreparedPost | null;
}

export interface PreparedPost {
  readonly outcome: PostEnriched;
  readonly keys: readonly CountedKey[];
  readonly line: PostLine;
}

/** Consecutive records of one partition of an enriched topic. */
export interface Slice {
  readonly partition: number;
  /** Where the reader stood: the fence. */
  readonly from: number;
  /** Where the reader stands when all of `records` are folded; above the last record's offset. */
  readonly to: number;
  readonly records: readonly PreparedRecord[];
  /** The spans that its records came from. */
  readonly links?: readonly Link[];
}

/**
 * Does what needs no table, so that it can be done while the database is busy with the transaction before.
 */
export function prepare(offset: number, { outcome, data }: ReadOutcome): PreparedRecord {
  if (outcome.type !== 'PostEnriched') return { offset, outcome, prepared: null };
  const keys = countedKeys(outcome.data);
  return { offset, outcome, prepared: { outcome, keys, line: postLine(outcome, keys, data) } };
}

/** The part of the slice that lies below a raw offset. Nothing is left when its first record is not below. */
export function cutAt(slice: Slice, stop: number): { readonly below: Slice; readonly cut: boolean } {
  const index = slice.records.findIndex(({ outcome }) => outcome.raw.offset >= stop);
  const first = slice.records[index];
  if (!first) return { below: slice, cut: false };
  return { below: { ...slice, to: first.offset, records: slice.records.slice(0, index) }, cut: true };
}
