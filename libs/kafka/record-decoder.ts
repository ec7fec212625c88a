import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { crc32c } from '@node-rs/crc32';

import { ByteReader } from './byte-reader.js';
import { CorruptBatchError } from './errors.js';
import { type BatchContext, FetchedRecord, type Gap, gapAt } from './fetched-record.js';
import { type HeaderReader } from './header-reader.js';

const MAGIC = 2;
const CODEC = 0x07;
const GZIP = 1;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** Of the batch, from its first byte: where the length ends, where the checked part begins, where records begin. */
const LENGTH_END = 12;
const CHECKED_FROM = 21;
const RECORDS_FROM = 61;

const gunzipAsync = promisify(gunzip);

/**
 * The records in the bytes of a fetch, batch by batch. A batch cut off at the end is left out (the next fetch brings it).
 * @throws CorruptBatchError where a checksum is wrong: the broker checks what it takes, so disk or network lied.
 */
export async function decodeBatches(bytes: Buffer, headers: HeaderReader): Promise<(FetchedRecord | Gap)[]> {
  const records: (FetchedRecord | Gap)[] = [];
  let at = 0;
  while (bytes.length - at >= RECORDS_FROM) {
    const length = LENGTH_END + bytes.readInt32BE(at + 8);
    if (at + length > bytes.length) break;
    const batch = bytes.subarray(at, at + length);
    const decoded = decodeBatch(batch, headers, records);
    if (decoded) await decoded;
    at += length;
  }
  return records;
}

/** Appends the batch's records; only a compressed one makes the caller wait. */
function decodeBatch(
  bytes: Buffer,
  headers: HeaderReader,
  into: (FetchedRecord | Gap)[],
): Promise<void> | undefined {
  const reader = new ByteReader(bytes);
  const firstOffset = reader.int64();
  reader.skip(8); // length, leader epoch
  const magic = reader.int8();
  if (magic !== MAGIC)
    throw new CorruptBatchError(`Batch at ${firstOffset} has format ${magic}, not ${MAGIC}.`);
  if (reader.uint32() !== crc32c(bytes.subarray(CHECKED_FROM))) {
    throw new CorruptBatchError(`Batch at ${firstOffset} does not have its checksum.`);
  }
  const attributes = reader.int16();
  const lastOffset = firstOffset + reader.int32();
  const firstTimestamp = reader.int64();
  const lastTimestamp = reader.int64();
  const context: BatchContext = {
    firstOffset,
    firstTimestamp,
    appendTime: (attributes & LOG_APPEND_TIME) !== 0 ? lastTimestamp : null,
    headers,
    producerId: reader.bigint64().toString(),
    inTransaction: (attributes & TRANSACTIONAL) !== 0,
  };
  reader.skip(6); // producer epoch, first sequence
  const count = reader.int32();
  const take = (from: ByteReader) =>
    (attributes & CONTROL) !== 0
      ? takeMarkers(from, count, context, into)
      : takeRecords(from, count, { context, lastOffset, into });

  const codec = attributes & CODEC;
  if (codec === 0) {
    take(reader);
    return undefined;
  }
  if (codec !== GZIP) throw new CorruptBatchError(`Batch at ${firstOffset} is compressed by codec ${codec}.`);
  return gunzipAsync(bytes.subarray(RECORDS_FROM)).then((plain) => take(new ByteReader(plain)));
}

interface Target {
  readonly context: BatchContext;
  readonly lastOffset: number;
  readonly into: (FetchedRecord | Gap)[];
}

function takeRecords(reader: ByteReader, count: number, { context, lastOffset, into }: Target): void {
  let last = context.firstOffset - 1;
  for (let i = 0; i < count; i += 1) {
    const record = new FetchedRecord(reader, context);
    last = record.offset;
    into.push(record);
  }
  if (last < lastOffset) into.push(gapAt(lastOffset, context));
}

function takeMarkers(
  reader: ByteReader,
  count: number,
  context: BatchContext,
  into: (FetchedRecord | Gap)[],
): void {
  for (let i = 0; i < count; i += 1) {
    const marker = new FetchedRecord(reader, context);
    into.push(gapAt(marker.offset, context, marker.key));
  }
}
