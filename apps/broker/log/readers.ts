/** Keeps a file open for as long as someone reads it: a number of a closed file may already be another file's. */
export class Readers {
  #count = 0;
  #atIdle: (() => Promise<void>) | undefined;

  get idle(): boolean {
    return this.#count === 0;
  }

  async during<T>(read: () => Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await read();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) await this.#drained();
    }
  }

  /** Runs `action` now, or after the last reader has left. */
  async whenIdle(action: () => Promise<void>): Promise<void> {
    if (this.idle) await action();
    else this.#atIdle = action;
  }

  async #drained(): Promise<void> {
    const action = this.#atIdle;
    this.#atIdle = undefined;
    await action?.();
  }
}
