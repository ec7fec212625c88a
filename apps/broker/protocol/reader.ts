/** The bytes are not what the protocol promises at this place. Ends the connection that sent them, nothing else. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

const TWO_32 = 0x1_0000_0000;

/** An int64 as a number: offsets, times and producer ids stay below 2^53 in this broker. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4);
}

/** Reads the primitive types of the non-flexible protocol versions, in order. Byte fields are views, not copies. */
export class Reader {
  #at: number;

  constructor(
    readonly source: Buffer,
    from = 0,
  ) {
    this.#at = from;
  }

  int8(): number {
    return this.source.readInt8(this.#take(1));
  }

  int16(): number {
    return this.source.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.source.readInt32BE(this.#take(4));
  }

  int64(): number {
    return readInt64(this.source, this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  nullableString(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const at = this.#take(length);
    return this.source.toString('utf8', at, at + length);
  }

  string(): string {
    return this.nullableString() ?? malformed('a string is null');
  }

  nullableBytes(): Buffer | null {
    const length = this.int32();
    if (length < 0) return null;
    const at = this.#take(length);
    return this.source.subarray(at, at + length);
  }

  bytes(): Buffer {
    return this.nullableBytes() ?? malformed('a byte field is null');
  }

  nullableArray<T>(item: () => T): T[] | null {
    const count = this.int32();
    if (count < 0) return null;
    // No item is shorter than a byte, so a count beyond the rest is garbage, and must not cost memory.
    if (count > this.source.length - this.#at) malformed(`an array of ${count} items in too few bytes`);
    return Array.from({ length: count }, item);
  }

  array<T>(item: () => T): T[] {
    return this.nullableArray(item) ?? [];
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.source.length)
      malformed(`${length} bytes wanted, ${this.source.length - at} left`);
    this.#at = at + length;
    return at;
  }
}

function malformed(why: string): never {
  throw new MalformedRequest(why);
}
