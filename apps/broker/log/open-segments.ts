import { type SealedSegment } from './segment.js';

/** Closes the sealed segments that were read longest ago, so that a long log does not hold a file each. */
export class OpenSegments {
  readonly #open = new Set<SealedSegment>();

  constructor(private readonly limit = 128) {}

  touch(segment: SealedSegment): void {
    this.#open.delete(segment);
    this.#open.add(segment);
    if (this.#open.size <= this.limit) return;
    for (const oldest of this.#open) {
      if (!oldest.idle) continue;
      this.#open.delete(oldest);
      // Nothing was written through it, so a failure to close it loses nothing.
      oldest.close().catch(() => undefined);
      return;
    }
  }

  forget(segment: SealedSegment): void {
    this.#open.delete(segment);
  }
}
