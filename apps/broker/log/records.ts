import { gunzipSync } from 'node:zlib';

import { crc32c } from '@node-rs/crc32';

import { writeInt64 } from '../protocol/writer.js';
import { HEADER_BYTES, readBatchHeader } from './batch.js';

/** One record of a batch; only group offsets and searches by time ever look inside. */
export interface BatchRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

const NONE = 0;
const GZIP = 1;

class Varints {
  at = 0;
  constructor(readonly source: Buffer) {}

  /** Zigzag, up to 64 bits; exact up to 2^53. */
  next(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.source.readUInt8(this.at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Buffer | null {
    const length = this.next();
    if (length < 0) return null;
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }
}

/** The records of a whole batch, or undefined where its compression is not one that this broker opens. */
export function recordsOf(batch: Buffer): BatchRecord[] | undefined {
  const header = readBatchHeader(batch);
  const body = batch.subarray(HEADER_BYTES, header.bytes);
  if (header.compression !== NONE && header.compression !== GZIP) return undefined;
  const from = new Varints(header.compression === GZIP ? gunzipSync(body) : body);
  return Array.from({ length: header.recordCount }, () => {
    const end = from.next() + from.at;
    from.at += 1;
    const timestamp = header.baseTimestamp + from.next();
    const offset = header.baseOffset + from.next();
    const record = { offset, timestamp, key: from.bytes(), value: from.bytes() };
    from.at = end;
    return record;
  });
}

function varint(value: number): Buffer {
  let zigzag = value >= 0 ? value * 2 : -value * 2 - 1;
  const bytes: number[] = [];
  while (zigzag >= 0x80) {
    bytes.push((zigzag % 0x80) | 0x80);
    zigzag = Math.floor(zigzag / 0x80);
  }
  return Buffer.from([...bytes, zigzag]);
}

function field(value: Buffer | null): Buffer[] {
  return value === null ? [varint(-1)] : [varint(value.length), value];
}

export interface NewBatch {
  readonly timestamp: number;
  readonly producer?: { readonly id: number; readonly epoch: number; readonly sequence: number };
  readonly records: readonly { readonly key: Buffer | null; readonly value: Buffer | null }[];
}

/** An uncompressed batch, as a producer would send it. */
export function encodeBatch({ timestamp, producer, records }: NewBatch): Buffer {
  const bodies = records.map(({ key, value }, delta) => {
    const body = Buffer.concat([
      Buffer.from([0]),
      varint(0),
      varint(delta),
      ...field(key),
      ...field(value),
      varint(0),
    ]);
    return Buffer.concat([varint(body.length), body]);
  });
  const batch = Buffer.concat([Buffer.alloc(HEADER_BYTES), ...bodies]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(2, 16);
  batch.writeInt32BE(records.length - 1, 23);
  writeInt64(batch, timestamp, 27);
  writeInt64(batch, timestamp, 35);
  writeInt64(batch, producer?.id ?? -1, 43);
  batch.writeInt16BE(producer?.epoch ?? -1, 51);
  batch.writeInt32BE(producer?.sequence ?? -1, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}
