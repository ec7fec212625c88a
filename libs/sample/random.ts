/**
 * A seeded stream of numbers (sfc32). Only integer operations and exact divisions, here and in everything built on it:
 * `Math.pow`, `log` and `sin` may differ in the last bit between engines, and one seed must give the same bytes
 * everywhere.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
    this.#c = Math.imul(stream + 1, 0xc2b2ae35) | 0;
    for (let i = 0; i < 12; i += 1) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** An integer in [0, below). */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return at(list, this.int(list.length));
  }

  /** `length` characters of an alphabet that has no look-alikes to spare: a short link's or a file's key. */
  key(length: number): string {
    let key = '';
    for (let i = 0; i < length; i += 1) key += KEY_ALPHABET[this.int(KEY_ALPHABET.length)];
    return key;
  }
}

const KEY_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An element that is known to be there. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no element ${index} in a list of ${list.length}`);
  return value;
}

/** Draws an index with given weights. */
export class Weighted {
  readonly #cumulated: Float64Array;

  constructor(weights: readonly number[]) {
    this.#cumulated = new Float64Array(weights.length);
    let sum = 0;
    weights.forEach((weight, index) => {
      sum += weight;
      this.#cumulated[index] = sum;
    });
  }

  get total(): number {
    return this.#cumulated[this.#cumulated.length - 1] ?? 0;
  }

  draw(random: Random): number {
    return this.below(random.next() * this.total);
  }

  /** The first index whose cumulated weight is above `value`. */
  below(value: number): number {
    let low = 0;
    let high = this.#cumulated.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulated[middle] ?? 0) > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Cumulated weight before an index. */
  before(index: number): number {
    return index === 0 ? 0 : (this.#cumulated[index - 1] ?? 0);
  }
}

/** Zipf's law over `size` ranks (weight 1/rank): few are everywhere, most are rare. */
export function zipf(size: number): Weighted {
  return new Weighted(Array.from({ length: size }, (_, rank) => 1 / (rank + 1)));
}

/** A rank below `size` by a flatter law (weight 1/√rank), without a table, for populations of any size. */
export function longTailRank(random: Random, size: number): number {
  const root = (Math.sqrt(size) - 1) * random.next() + 1;
  return Math.min(size - 1, Math.floor(root * root) - 1);
}
