import { crc32c } from '@node-rs/crc32';

import { readInt64 } from '../protocol/reader.js';
import { writeInt64 } from '../protocol/writer.js';

/**
 * A record batch, format 2, big-endian (https://kafka.apache.org/documentation/#recordbatch):
 * base offset 0–7, length of what follows 8–11, leader epoch 12–15, magic 16, CRC-32C of all from 21 on 17–20,
 * attributes 21–22, last offset delta 23–26, base time 27–34, max time 35–42, producer id 43–50, its epoch 51–52,
 * base sequence 53–56, record count 57–60, records from 61 on. Base offset and leader epoch lie outside the CRC.
 */
const LENGTH_AT = 8;
const EPOCH_AT = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;

/** Bytes in front of what a batch's length field counts. */
const FRAME = 12;

/** No batch is shorter than this. */
export const HEADER_BYTES = 61;

const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const COMPRESSION = 0x07;

export interface BatchHeader {
  readonly baseOffset: number;
  /** Of the whole batch. */
  readonly bytes: number;
  readonly lastOffset: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** -1 where the producer is not idempotent. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly compression: number;
}

/** How long the batch at `at` says it is; what lies there may be anything. */
export function batchBytes(source: Buffer, at: number): number {
  return source.readInt32BE(at + LENGTH_AT) + FRAME;
}

export function lastOffsetOf(source: Buffer, at: number): number {
  return readInt64(source, at) + source.readInt32BE(at + LAST_DELTA_AT);
}

export function maxTimestampOf(source: Buffer, at: number): number {
  return readInt64(source, at + 35);
}

export function readBatchHeader(source: Buffer, at = 0): BatchHeader {
  const baseOffset = readInt64(source, at);
  return {
    baseOffset,
    bytes: batchBytes(source, at),
    lastOffset: baseOffset + source.readInt32BE(at + LAST_DELTA_AT),
    baseTimestamp: readInt64(source, at + 27),
    maxTimestamp: maxTimestampOf(source, at),
    producerId: readInt64(source, at + 43),
    producerEpoch: source.readInt16BE(at + 51),
    baseSequence: source.readInt32BE(at + 53),
    recordCount: source.readInt32BE(at + 57),
    compression: source.readInt16BE(at + ATTRIBUTES_AT) & COMPRESSION,
  };
}

export type BatchFault = 'corrupt' | 'old format' | 'not one whole batch' | 'unusable';

/** What is wrong with bytes that should be exactly one batch as a producer sends it. */
export function faultOfProduced(records: Buffer): BatchFault | undefined {
  if (records.length <= MAGIC_AT) return 'not one whole batch';
  if (records[MAGIC_AT] !== 2) return 'old format';
  if (records.length < HEADER_BYTES || batchBytes(records, 0) !== records.length)
    return 'not one whole batch';
  if (!crcHolds(records, 0, records.length)) return 'corrupt';
  const attributes = records.readInt16BE(ATTRIBUTES_AT);
  const { recordCount, lastOffset, baseOffset } = readBatchHeader(records);
  const counted = recordCount > 0 && lastOffset - baseOffset === recordCount - 1;
  return counted && (attributes & (LOG_APPEND_TIME | TRANSACTIONAL | CONTROL)) === 0 ? undefined : 'unusable';
}

/** Whether a whole, undamaged batch lies at `at`, ending at `end` or before. */
export function isBatchAt(source: Buffer, at: number, end: number): boolean {
  if (end - at < HEADER_BYTES || source[at + MAGIC_AT] !== 2) return false;
  const bytes = batchBytes(source, at);
  return bytes >= HEADER_BYTES && at + bytes <= end && crcHolds(source, at, bytes);
}

function crcHolds(source: Buffer, at: number, bytes: number): boolean {
  return crc32c(source.subarray(at + ATTRIBUTES_AT, at + bytes)) === source.readUInt32BE(at + CRC_AT);
}

/**
 * Leader epochs tell recovery where a commit began: the first batch of each write carries 0, those written together
 * with it -1 ("unknown" to clients). A whole batch with epoch 0 proves that all before it had been synced.
 */
const BEGINS_COMMIT = 0;
const CONTINUES_COMMIT = -1;

/** Gives the batch its place in the log, without touching what its CRC covers. */
export function place(batch: Buffer, offset: number, first: boolean): void {
  writeInt64(batch, offset, 0);
  batch.writeInt32BE(first ? BEGINS_COMMIT : CONTINUES_COMMIT, EPOCH_AT);
}

export function beginsCommit(source: Buffer, at: number): boolean {
  return source.readInt32BE(at + EPOCH_AT) === BEGINS_COMMIT;
}
