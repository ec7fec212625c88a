const TWO_32 = 0x1_0000_0000;

export function writeInt64(bytes: Buffer, value: number, at: number): void {
  bytes.writeInt32BE(Math.floor(value / TWO_32), at);
  bytes.writeUInt32BE(((value % TWO_32) + TWO_32) % TWO_32, at + 4);
}

/**
 * Writes the primitive types of the non-flexible protocol versions. Record batches are referenced, not copied, so the
 * result is a list of buffers for one gathered write.
 */
export class Writer {
  readonly #done: Buffer[] = [];
  #doneBytes = 0;
  #start = 0;
  #at = 0;
  #buffer: Buffer;

  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  int8(value: number): this {
    const at = this.#room(1);
    this.#buffer.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
    return this;
  }

  int64(value: number): this {
    const at = this.#room(8);
    writeInt64(this.#buffer, value, at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const length = Buffer.byteLength(value);
    this.int16(length);
    const at = this.#room(length);
    this.#buffer.write(value, at, 'utf8');
    return this;
  }

  /** Copies: for the small byte fields of group members. */
  bytes(value: Buffer | null): this {
    if (value === null) return this.int32(-1);
    this.int32(value.length);
    const at = this.#room(value.length);
    value.copy(this.#buffer, at);
    return this;
  }

  /** A byte field made of parts that must stay unchanged until they are sent. */
  gather(parts: readonly Buffer[]): this {
    this.int32(parts.reduce((sum, part) => sum + part.length, 0));
    this.#cut();
    for (const part of parts) {
      this.#done.push(part);
      this.#doneBytes += part.length;
    }
    return this;
  }

  array<T>(items: readonly T[] | null, item: (value: T) => void): this {
    if (items === null) return this.int32(-1);
    this.int32(items.length);
    for (const value of items) item(value);
    return this;
  }

  /** All bytes written, as one frame: with their total length in front. */
  frame(): Buffer[] {
    this.#cut();
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(this.#doneBytes);
    return [length, ...this.#done];
  }

  #cut(): void {
    if (this.#at === this.#start) return;
    this.#done.push(this.#buffer.subarray(this.#start, this.#at));
    this.#doneBytes += this.#at - this.#start;
    this.#start = this.#at;
  }

  #room(length: number): number {
    const at = this.#at;
    if (at + length <= this.#buffer.length) {
      this.#at = at + length;
      return at;
    }
    const pending = this.#buffer.subarray(this.#start, at);
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, pending.length + length));
    pending.copy(grown);
    this.#buffer = grown;
    this.#start = 0;
    this.#at = pending.length + length;
    return pending.length;
  }
}
