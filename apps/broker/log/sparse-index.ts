/** Bytes of log per entry, at least; so a search reads about as much beside what it wants. */
const INTERVAL = 64 * 1024;

/** Entries are (offset, position, highest time before it), flat in one array. */
const WIDTH = 3;

/** Where batches lie in a segment: by offset and by time, for every 64 KiB or so. */
export class SparseIndex {
  #nextAt = 0;

  constructor(private readonly entries: number[] = []) {
    const last = entries.at(-2);
    if (last !== undefined) this.#nextAt = last + INTERVAL;
  }

  get flat(): readonly number[] {
    return this.entries;
  }

  /** Told of each batch, in order. `maxBefore` is the highest time of all batches in front of it. */
  add(offset: number, position: number, maxBefore: number): void {
    if (position < this.#nextAt) return;
    this.entries.push(offset, position, maxBefore);
    this.#nextAt = position + INTERVAL;
  }

  /** A position at or in front of the batch that holds the offset. */
  atOrBefore(offset: number): number {
    return this.#lastWhere((entry) => (this.entries[entry] ?? 0) <= offset);
  }

  /** A position at or in front of the first batch that is as late as the time. */
  atOrBeforeTime(timestamp: number): number {
    return this.#lastWhere((entry) => (this.entries[entry + 2] ?? 0) < timestamp);
  }

  /** The position of the last entry that fulfils a condition which holds for the first entries only. */
  #lastWhere(holds: (entry: number) => boolean): number {
    let low = 0;
    let high = this.entries.length / WIDTH;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(middle * WIDTH)) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.entries[(low - 1) * WIDTH + 1] ?? 0);
  }
}
