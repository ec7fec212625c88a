const SMALLEST = 4 * 1024;

/**
 * Big buffers, used again: a fresh one costs four times the read that fills it (its pages are mapped and zeroed first).
 * Sizes are powers of two. Whoever gives a buffer back must not touch it, nor any view into it, afterwards.
 */
export class BufferPool {
  readonly #idle = new Map<number, Buffer[]>();
  #idleBytes = 0;

  constructor(private readonly maxIdleBytes = 32 * 1024 * 1024) {}

  /** A buffer of at least `bytes`, with anything in it. */
  take(bytes: number): Buffer {
    const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes)));
    const idle = this.#idle.get(size)?.pop();
    if (!idle) return Buffer.allocUnsafeSlow(size);
    this.#idleBytes -= size;
    return idle;
  }

  give(buffer: Buffer): void {
    if (this.#idleBytes + buffer.length > this.maxIdleBytes) return;
    this.#idleBytes += buffer.length;
    const idle = this.#idle.get(buffer.length);
    if (idle) idle.push(buffer);
    else this.#idle.set(buffer.length, [buffer]);
  }
}
