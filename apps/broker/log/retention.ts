import { type SegmentState } from './segment.js';

export interface Retention {
  /** Milliseconds; -1 keeps for ever. */
  readonly ms: number;
  /** -1 keeps all. */
  readonly bytes: number;
}

export function isTooOld({ maxTimestamp }: SegmentState, now: number, { ms }: Retention): boolean {
  return ms >= 0 && maxTimestamp < now - ms;
}

/**
 * How many of the oldest segments go: those whose youngest record is too old, and as many as leave the rest no smaller
 * than what is to be kept.
 * @param total bytes of the whole log.
 */
export function countExpired(
  sealed: readonly SegmentState[],
  total: number,
  now: number,
  retention: Retention,
): number {
  let left = total;
  let count = 0;
  for (const segment of sealed) {
    left -= segment.size;
    const tooMuch = retention.bytes >= 0 && left >= retention.bytes;
    if (!tooMuch && !isTooOld(segment, now, retention)) break;
    count += 1;
  }
  return count;
}
