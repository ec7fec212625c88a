import { crc32c } from '@node-rs/crc32';

/** Up to here a loop over the characters is cheaper than a call into the runtime. */
const SHORT = 48;

/** Bytes of a text in UTF-8. */
export function textSize(text: string): number {
  const { length } = text;
  if (length > SHORT) return Buffer.byteLength(text);
  for (let i = 0; i < length; i += 1) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  }
  return length;
}

/** Bytes of a non-negative 31-bit integer as a zigzag varint. */
export function varintSize(value: number): number {
  if (value < 64) return 1;
  if (value < 8192) return 2;
  if (value < 1_048_576) return 3;
  return value < 134_217_728 ? 4 : 5;
}

const isSmall = (value: number) => value >= -0x40000000 && value < 0x40000000;
const zigzag64 = (value: number): bigint => {
  const wide = BigInt(value);
  return BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
};

/** Bytes of an integer as a zigzag varlong. */
export function varlongSize(value: number): number {
  if (isSmall(value)) return varintSize(value < 0 ? -value - 1 : value);
  let size = 1;
  for (let rest = zigzag64(value) >> 7n; rest > 0n; rest >>= 7n) size += 1;
  return size;
}

/** Writes Kafka's primitive types into a buffer of sufficient size, front to back. */
export class ByteWriter {
  at = 0;

  constructor(private readonly buffer: Buffer) {}

  written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  int8(value: number): void {
    this.buffer[this.at] = value;
    this.at += 1;
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  /** A safe integer as 64 bits. */
  int64(value: number): void {
    this.int32(Math.floor(value / 0x100000000));
    this.at = this.buffer.writeUInt32BE(value >>> 0, this.at);
  }

  bigint64(value: bigint): void {
    this.at = this.buffer.writeBigInt64BE(value, this.at);
  }

  /** A string with a 16-bit length. */
  string(text: string): void {
    const size = textSize(text);
    this.int16(size);
    this.text(text, size);
  }

  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.buffer[this.at] = (rest & 0x7f) | 0x80;
      this.at += 1;
      rest >>>= 7;
    }
    this.buffer[this.at] = rest;
    this.at += 1;
  }

  varlong(value: number): void {
    if (isSmall(value)) {
      this.varint(value);
      return;
    }
    let rest = zigzag64(value);
    while (rest > 0x7fn) {
      this.int8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.int8(Number(rest));
  }

  /** A text with a varint length. */
  varintText(text: string): void {
    const size = textSize(text);
    this.varint(size);
    this.text(text, size);
  }

  bytes(source: Buffer): void {
    this.buffer.set(source, this.at);
    this.at += source.length;
  }

  /** CRC-32C of the bytes from…to-1, written at `position`. */
  checksum(position: number, from: number, to: number): void {
    this.buffer.writeUInt32BE(crc32c(this.buffer.subarray(from, to)), position);
  }

  private text(text: string, size: number): void {
    const { buffer, at } = this;
    this.at += size;
    // As many bytes as UTF-16 units: ASCII only.
    if (size !== text.length) buffer.write(text, at, size, 'utf8');
    else if (size > SHORT) buffer.write(text, at, size, 'latin1');
    else for (let i = 0; i < size; i += 1) buffer[at + i] = text.charCodeAt(i);
  }
}
