import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { ByteWriter, textSize, varintSize, varlongSize } from './byte-writer.js';
import { type ProduceRecord } from './record.js';

/** Bytes of a record batch (v2) before its first record. */
const BATCH_OVERHEAD = 61;
/** The checksum covers everything behind itself. */
const CHECKED_FROM = 21;
const LENGTH_FROM = 12;
const MAGIC = 2;
const PRODUCE = 0;

export type Compression = 'none' | 'gzip';

/** A record with the size of its content (`contentSize`), taken once when it is queued. */
export interface SizedRecord {
  readonly record: ProduceRecord;
  readonly contentSize: number;
  readonly timestamp: number;
}

/** What goes to one partition as one record batch. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly firstSequence: number;
  readonly records: readonly SizedRecord[];
}

export interface ProduceRequest {
  readonly correlationId: number;
  readonly clientId: string;
  readonly apiVersion: number;
  readonly timeout: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly compression: Compression;
  readonly batches: readonly PartitionBatch[];
}

/** A batch that knows its size and writes itself. */
interface ReadyBatch {
  readonly partition: number;
  readonly size: number;
  write(to: ByteWriter): void;
}

/** Bytes of key, value and headers with their lengths: all of a record that does not depend on its batch. */
export function contentSize({ key, value, headers }: ProduceRecord): number {
  return fieldSize(key) + fieldSize(value) + headersSize(headers);
}

function fieldSize(field: Buffer | string | null): number {
  if (field === null) return 1;
  const size = typeof field === 'string' ? textSize(field) : field.length;
  return varintSize(size) + size;
}

function headersSize(headers: ProduceRecord['headers']): number {
  if (!headers) return 1;
  let size = 0;
  let count = 0;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    count += 1;
    size += fieldSize(name) + fieldSize(value);
  }
  return varintSize(count) + size;
}

/**
 * The bytes of a produce request with its frame: sized first, then written once. kafkajs' own encoder copies each byte
 * about eight times through zero-filled doubling buffers, which is most of what producing costs with it.
 * @param allocate gives at least the bytes asked for; the result is a view of it.
 */
export async function encodeProduce(
  request: ProduceRequest,
  allocate: (size: number) => Buffer,
): Promise<Buffer> {
  const topics = new Map<string, ReadyBatch[]>();
  for (const batch of request.batches) {
    const ready = request.compression === 'gzip' ? await compressed(batch, request) : plain(batch, request);
    const known = topics.get(batch.topic);
    if (known) known.push(ready);
    else topics.set(batch.topic, [ready]);
  }
  let size = 4 + 2 + 2 + 4 + 2 + textSize(request.clientId) + 2 + 2 + 4 + 4;
  for (const [topic, batches] of topics) {
    size += 2 + textSize(topic) + 4;
    for (const batch of batches) size += 4 + 4 + batch.size;
  }
  const to = new ByteWriter(allocate(size));
  to.int32(size - 4);
  to.int16(PRODUCE);
  to.int16(request.apiVersion);
  to.int32(request.correlationId);
  to.string(request.clientId);
  to.int16(-1); // no transactional id
  to.int16(-1); // acks: all in-sync replicas
  to.int32(request.timeout);
  to.int32(topics.size);
  for (const [topic, batches] of topics) {
    to.string(topic);
    to.int32(batches.length);
    for (const batch of batches) {
      to.int32(batch.partition);
      to.int32(batch.size);
      batch.write(to);
    }
  }
  return to.written();
}

interface Times {
  readonly first: number;
  readonly last: number;
}

function timesOf(records: readonly SizedRecord[]): Times {
  let first = Infinity;
  let last = -Infinity;
  for (const { timestamp } of records) {
    if (timestamp < first) first = timestamp;
    if (timestamp > last) last = timestamp;
  }
  return { first, last };
}

function plain(batch: PartitionBatch, request: ProduceRequest): ReadyBatch {
  const times = timesOf(batch.records);
  const sizes = bodySizes(batch.records, times.first);
  const size = BATCH_OVERHEAD + totalSize(sizes);
  return {
    partition: batch.partition,
    size,
    write: (to) =>
      writeBatch(to, size, { batch, request, times, attributes: 0 }, () =>
        writeRecords(to, batch.records, sizes, times.first),
      ),
  };
}

const gzipAsync = promisify(gzip);

async function compressed(batch: PartitionBatch, request: ProduceRequest): Promise<ReadyBatch> {
  const times = timesOf(batch.records);
  const sizes = bodySizes(batch.records, times.first);
  const records = new ByteWriter(Buffer.allocUnsafeSlow(totalSize(sizes)));
  writeRecords(records, batch.records, sizes, times.first);
  // Level 1 beats every other codec that Node 20 has: four times the speed of level 6 for a fifth more bytes.
  const packed = await gzipAsync(records.written(), { level: 1 });
  const size = BATCH_OVERHEAD + packed.length;
  return {
    partition: batch.partition,
    size,
    write: (to) => writeBatch(to, size, { batch, request, times, attributes: 1 }, () => to.bytes(packed)),
  };
}

interface BatchHead {
  readonly batch: PartitionBatch;
  readonly request: ProduceRequest;
  readonly times: Times;
  readonly attributes: number;
}

function writeBatch(to: ByteWriter, size: number, head: BatchHead, writeBody: () => void): void {
  const { batch, request, times, attributes } = head;
  const start = to.at;
  to.int64(0); // the broker gives the base offset
  to.int32(size - LENGTH_FROM);
  to.int32(0);
  to.int8(MAGIC);
  to.int32(0); // checksum, below
  to.int16(attributes);
  to.int32(batch.records.length - 1);
  to.int64(times.first);
  to.int64(times.last);
  to.bigint64(request.producerId);
  to.int16(request.producerEpoch);
  to.int32(batch.firstSequence);
  to.int32(batch.records.length);
  writeBody();
  to.checksum(start + CHECKED_FROM - 4, start + CHECKED_FROM, start + size);
}

function bodySizes(records: readonly SizedRecord[], firstTimestamp: number): number[] {
  return records.map(
    ({ contentSize: content, timestamp }, i) =>
      1 + varlongSize(timestamp - firstTimestamp) + varintSize(i) + content,
  );
}

function totalSize(bodies: readonly number[]): number {
  let size = 0;
  for (const body of bodies) size += varintSize(body) + body;
  return size;
}

function writeRecords(
  to: ByteWriter,
  records: readonly SizedRecord[],
  sizes: readonly number[],
  firstTimestamp: number,
): void {
  for (let i = 0; i < records.length; i += 1) {
    const sized = records[i];
    if (!sized) continue;
    to.varint(sizes[i] ?? 0);
    to.int8(0);
    to.varlong(sized.timestamp - firstTimestamp);
    to.varint(i);
    writeField(to, sized.record.key);
    writeField(to, sized.record.value);
    writeHeaders(to, sized.record.headers);
  }
}

function writeField(to: ByteWriter, field: Buffer | string | null): void {
  if (field === null) to.int8(1); // -1 as a zigzag varint
  else if (typeof field === 'string') to.varintText(field);
  else {
    to.varint(field.length);
    to.bytes(field);
  }
}

function writeHeaders(to: ByteWriter, headers: ProduceRecord['headers']): void {
  if (!headers) {
    to.varint(0);
    return;
  }
  let count = 0;
  for (const name in headers) if (headers[name] !== undefined) count += 1;
  to.varint(count);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    to.varintText(name);
    writeField(to, value);
  }
}
