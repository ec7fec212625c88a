import { CorruptBatchError } from './errors.js';

/** Reads Kafka's primitive types front to back. Throws `CorruptBatchError` where the bytes end too early. */
export class ByteReader {
  constructor(
    readonly buffer: Buffer,
    public at = 0,
    readonly end = buffer.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  int8(): number {
    return this.buffer.readInt8(this.#take(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.#take(4));
  }

  /** 64 bits as a safe integer. */
  int64(): number {
    const high = this.int32();
    return high * 0x100000000 + this.uint32();
  }

  bigint64(): bigint {
    return this.buffer.readBigInt64BE(this.#take(8));
  }

  /** A string with a 16-bit length. */
  string(): string {
    const length = this.int16();
    const from = this.#take(Math.max(0, length));
    return this.buffer.toString('utf8', from, this.at);
  }

  varint(): number {
    const { buffer } = this;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = buffer[this.#take(1)] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new CorruptBatchError('A varint is longer than 32 bits.');
  }

  /** A zigzag varlong as a number; exact up to 2^53. */
  varlong(): number {
    const from = this.at;
    let length = 0;
    while ((this.buffer[this.#take(1)] ?? 0) > 0x7f) length += 1;
    if (length < 4) {
      this.at = from;
      return this.varint();
    }
    let value = 0n;
    for (let i = length; i >= 0; i -= 1) value = (value << 7n) | BigInt((this.buffer[from + i] ?? 0) & 0x7f);
    return Number((value >> 1n) ^ -(value & 1n));
  }

  /** A view of the bytes after a varint length; null for a negative one. */
  varintBytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const from = this.#take(length);
    return this.buffer.subarray(from, from + length);
  }

  /** Whether the next `length` bytes are exactly `bytes`. */
  startsWith(bytes: Buffer, length: number): boolean {
    if (bytes.length !== length) return false;
    const { buffer, at } = this;
    for (let i = length - 1; i >= 0; i -= 1) if (buffer[at + i] !== bytes[i]) return false;
    return true;
  }

  peek(length: number): Buffer {
    return this.buffer.subarray(this.at, this.at + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    const from = this.at;
    this.at += length;
    if (this.at > this.end)
      throw new CorruptBatchError(`Record data ends ${this.at - this.end} bytes early.`);
    return from;
  }
}
