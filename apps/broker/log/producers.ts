import { type BatchHeader } from './batch.js';

/** Where a batch of an idempotent producer lies in the log. */
interface Sent {
  readonly first: number;
  readonly last: number;
  readonly offset: number;
}

interface Producer {
  readonly epoch: number;
  /** The newest last; never empty. */
  readonly sent: readonly Sent[];
}

export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate'; readonly offset: number }
  | { readonly kind: 'out of order' }
  | { readonly kind: 'old epoch' };

/** As many batches as a client may have in flight; a retry of an older one cannot come. */
const REMEMBERED = 5;
/** A producer lives as long as its client's process; far more than ever write to one partition at once. */
const MAX_PRODUCERS = 10_000;
const SEQUENCES = 2 ** 31;

const NEW: Verdict = { kind: 'new' };

type Snapshot = readonly (readonly [
  id: number,
  epoch: number,
  sent: readonly (readonly [number, number, number])[],
])[];

/**
 * What the idempotent producers of one partition last wrote. Known by the batches' own headers, so it is the same after
 * every recovery. A layer over another one (`over`) holds what a write in progress would add: it is thrown away where
 * the write fails.
 */
export class Producers {
  readonly #known = new Map<number, Producer>();

  constructor(private readonly over?: Producers) {}

  static restore(snapshot: Snapshot): Producers {
    const producers = new Producers();
    for (const [id, epoch, sent] of snapshot) {
      const batches = sent.map(([first, last, offset]) => ({ first, last, offset }));
      producers.#known.set(id, { epoch, sent: batches });
    }
    return producers;
  }

  snapshot(): Snapshot {
    return [...this.#known].map(([id, { epoch, sent }]) => [
      id,
      epoch,
      sent.map(({ first, last, offset }) => [first, last, offset] as const),
    ]);
  }

  check(batch: BatchHeader): Verdict {
    // Some clients send epoch and sequence 0 without being idempotent: only the id tells.
    if (batch.producerId < 0) return NEW;
    const producer = this.#find(batch.producerId);
    if (!producer) return NEW;
    if (batch.producerEpoch < producer.epoch) return { kind: 'old epoch' };
    if (batch.producerEpoch > producer.epoch)
      return batch.baseSequence === 0 ? NEW : { kind: 'out of order' };
    const last = lastSequence(batch);
    const original = producer.sent.find((sent) => sent.first === batch.baseSequence && sent.last === last);
    if (original) return { kind: 'duplicate', offset: original.offset };
    const newest = producer.sent.at(-1);
    const expected = newest ? (newest.last + 1) % SEQUENCES : batch.baseSequence;
    return batch.baseSequence === expected ? NEW : { kind: 'out of order' };
  }

  /** Remembers a batch that lies, or is about to lie, at its base offset. */
  add(batch: BatchHeader, offset: number): void {
    if (batch.producerId < 0) return;
    const known = this.#find(batch.producerId);
    const before = known?.epoch === batch.producerEpoch ? known.sent.slice(1 - REMEMBERED) : [];
    const sent = [...before, { first: batch.baseSequence, last: lastSequence(batch), offset }];
    // Deleted first, so that the map's order is the order of last use.
    this.#known.delete(batch.producerId);
    this.#known.set(batch.producerId, { epoch: batch.producerEpoch, sent });
    if (this.#known.size > MAX_PRODUCERS) this.#forgetOldest();
  }

  /** Takes over what a layer above has gathered. */
  adopt(layer: Producers): void {
    for (const [id, producer] of layer.#known) {
      this.#known.delete(id);
      this.#known.set(id, producer);
    }
    while (this.#known.size > MAX_PRODUCERS) this.#forgetOldest();
  }

  #find(id: number): Producer | undefined {
    const known = this.#known.get(id);
    return known || !this.over ? known : this.over.#find(id);
  }

  #forgetOldest(): void {
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

function lastSequence(batch: BatchHeader): number {
  return (batch.baseSequence + batch.recordCount - 1) % SEQUENCES;
}
