import { setTimeout as wait } from 'node:timers/promises';

import { type Committed } from './commit-slices.js';
import { GenerationGoneError, HeldError, StaleError } from './errors.js';
import { type Slice } from './slice.js';

export interface GathererOptions {
  /** Folds slices of different partitions in one transaction; does its own retries. */
  readonly commit: (slices: readonly Slice[]) => Promise<Committed>;
  /** Outcomes in one transaction at most; a slice is never split for it. */
  readonly limit: number;
  /** Pause in ms before a slice that has met the generation's stop is brought again. */
  readonly pause: number;
}

interface Waiting {
  readonly slice: Slice;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings the slices of all partitions of one process into transactions: one at a time, each with all that waits. So
 * the busier it is, the larger they get, and keys that many partitions share are written once.
 */
export class Gatherer {
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(private readonly options: GathererOptions) {}

  /**
   * Resolves when the slice is committed. After `close` it resolves without: nothing was written, offsets have not
   * moved, and whoever reads next begins there.
   * @throws StaleError when the partition stands elsewhere; what the commit throws.
   */
  push(slice: Slice): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ slice, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Takes nothing more; resolves when the transaction under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#release();
    await this.#running;
  }

  async #drain(): Promise<void> {
    // A turn later, so that the slices of one fetch come together.
    await new Promise<void>((go) => setImmediate(go));
    while (this.#waiting.length > 0) await this.#commit(this.#take());
    this.#running = null;
  }

  #take(): Waiting[] {
    let outcomes = 0;
    const index = this.#waiting.findIndex(({ slice }, i) => {
      outcomes += slice.records.length;
      return i > 0 && outcomes > this.options.limit;
    });
    return this.#waiting.splice(0, index < 0 ? this.#waiting.length : index);
  }

  async #commit(taken: readonly Waiting[]): Promise<void> {
    try {
      const committed = await this.options.commit(taken.map(({ slice }) => slice));
      this.#settle(taken, committed);
    } catch (error) {
      this.#fail(taken, error);
    }
  }

  #settle(taken: readonly Waiting[], { held }: Committed): void {
    for (const waiting of taken) {
      if (!held.has(waiting.slice.partition)) waiting.resolve();
      else void this.#bringAgain(waiting);
    }
  }

  /** What is below the stop is folded; the transport brings the rest again, and others go on meanwhile. */
  async #bringAgain({ reject }: Waiting): Promise<void> {
    await wait(this.options.pause);
    reject(new HeldError());
  }

  #fail(taken: readonly Waiting[], error: unknown): void {
    if (error instanceof GenerationGoneError) {
      this.#closed = true;
      for (const { resolve } of taken) resolve();
      this.#release();
      return;
    }
    for (const waiting of taken) {
      // Only the stale ones are told; the others are as good as before.
      const isOther = error instanceof StaleError && !error.partitions.includes(waiting.slice.partition);
      if (isOther) this.#waiting.push(waiting);
      else waiting.reject(error);
    }
    if (this.#closed) this.#release();
  }

  #release(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }
}
