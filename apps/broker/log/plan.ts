import { type BatchHeader, place, readBatchHeader } from './batch.js';
import { Producers } from './producers.js';

/** What became of a batch: where it lies (or its original, when it was sent again), or why it was not taken. */
export type Appended =
  | { readonly kind: 'stored'; readonly offset: number }
  | { readonly kind: 'out of order' }
  | { readonly kind: 'old epoch' }
  | { readonly kind: 'no space' };

export interface Plan {
  /** Placed in the log, in order. */
  readonly batches: readonly { readonly header: BatchHeader; readonly bytes: Buffer }[];
  /** One for each batch asked for. */
  readonly outcomes: readonly Appended[];
  /** What the producers will have sent when this is written. */
  readonly layer: Producers;
  readonly bytes: number;
}

/** Gives each batch its offset and weighs the sequences of idempotent producers. Nothing counts before it is synced. */
export function planWrite(waiting: readonly Buffer[], end: number, producers: Producers): Plan {
  const layer = new Producers(producers);
  const batches: { header: BatchHeader; bytes: Buffer }[] = [];
  let next = end;
  let total = 0;
  const outcomes = waiting.map((bytes): Appended => {
    const verdict = layer.check(readBatchHeader(bytes));
    if (verdict.kind === 'duplicate') return { kind: 'stored', offset: verdict.offset };
    if (verdict.kind !== 'new') return { kind: verdict.kind };
    place(bytes, next, batches.length === 0);
    const header = readBatchHeader(bytes);
    layer.add(header, next);
    batches.push({ header, bytes });
    next = header.lastOffset + 1;
    total += bytes.length;
    return { kind: 'stored', offset: header.baseOffset };
  });
  return { batches, outcomes, layer, bytes: total };
}
