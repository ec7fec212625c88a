import type { Random } from './random.js';

/** Instant 0 of the platform's ids: 4 November 2010. */
const EPOCH = 1_288_834_974_657;
const LOW_BITS = 22n;

/** Ids as the platform makes them: the milliseconds, then 22 bits. Always beyond what a JavaScript number holds. */
export class Snowflakes {
  #time = 0;
  #low = 0;

  /** Ascends, also within one millisecond. */
  next(time: number, random: Random): string {
    if (time <= EPOCH) throw new RangeError(`${new Date(time).toISOString()} is before the first id`);
    if (time > this.#time) this.#low = random.int(1 << 20);
    else this.#low += 1 + random.int(4);
    this.#time = Math.max(time, this.#time);
    return String((BigInt(this.#time - EPOCH) << LOW_BITS) + BigInt(this.#low));
  }
}
