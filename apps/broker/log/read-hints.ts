/** Where a batch begins: in which segment, and at which byte. */
export interface Hint {
  readonly base: number;
  readonly position: number;
}

const MAX_HINTS = 32;

/** Where the next reads of consumers that go on will begin, so that these search nothing. */
export class ReadHints {
  readonly #hints = new Map<number, Hint>();

  /** The position of an offset in the segment of that base, where it is known. */
  find(offset: number, base: number): number | undefined {
    const hint = this.#hints.get(offset);
    return hint?.base === base ? hint.position : undefined;
  }

  remember(offset: number, hint: Hint): void {
    // Deleted first, so that the map's order is the order of last use.
    this.#hints.delete(offset);
    this.#hints.set(offset, hint);
    if (this.#hints.size <= MAX_HINTS) return;
    const [oldest] = this.#hints.keys();
    if (oldest !== undefined) this.#hints.delete(oldest);
  }
}
