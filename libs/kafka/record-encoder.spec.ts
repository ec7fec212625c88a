import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { FetchedRecord } from './fetched-record.js';
import { HeaderReader } from './header-reader.js';
import { decodeBatches } from './record-decoder.js';
import { type Compression, contentSize, encodeProduce, type SizedRecord } from './record-encoder.js';
import { type ProduceRecord } from './record.js';

const require = createRequire(import.meta.url);
const kafkajsProduce = require('kafkajs/src/protocol/requests/produce/v7/request.js') as (
  options: object,
) => object;
const kafkajsFrame = require('kafkajs/src/protocol/request.js') as (options: object) => Promise<{
  buffer: Buffer;
}>;
const kafkajsFetchMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
  decoder: object,
) => Promise<{ offset: string; timestamp: string; key: Buffer; value: Buffer; headers: object }[]>;
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', minLength: 60 }));
const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data));
const field = fc.oneof(text, bytes);
const record = fc.record({
  key: fc.option(field),
  value: fc.option(field),
  headers: fc.option(fc.dictionary(text, field, { maxKeys: 12 }), { nil: undefined }),
  // kafkajs sorts times as strings: equal numbers of digits give the same order.
  timestamp: fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
});
const batches = fc.uniqueArray(
  fc.record({
    topic: fc.constantFrom('posts.raw.v1', 'jobs.events.v1', 'größe'),
    partition: fc.integer({ min: 0, max: 40 }),
    firstSequence: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    records: fc.array(record, { minLength: 1, maxLength: 70 }),
  }),
  { minLength: 1, maxLength: 5, selector: ({ topic, partition }) => `${topic}/${partition}` },
);
const frame = fc.record({
  correlationId: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  clientId: text,
  producerId: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
  producerEpoch: fc.integer({ min: 0, max: 2 ** 15 - 1 }),
});

type Batch = {
  topic: string;
  partition: number;
  firstSequence: number;
  records: Omit<ProduceRecord, 'topic' | 'partition'>[];
};
type Frame = { correlationId: number; clientId: string; producerId: bigint; producerEpoch: number };

function sized(batch: Batch): SizedRecord[] {
  return batch.records.map((part) => {
    const whole: ProduceRecord = { ...part, topic: batch.topic, partition: batch.partition };
    return { record: whole, contentSize: contentSize(whole), timestamp: part.timestamp ?? 0 };
  });
}

function ours(given: readonly Batch[], head: Frame, compression: Compression = 'none'): Promise<Buffer> {
  return encodeProduce(
    {
      ...head,
      apiVersion: 7,
      timeout: 30_000,
      compression,
      batches: given.map((batch) => ({ ...batch, records: sized(batch) })),
    },
    (size) => Buffer.alloc(size + 10, 0xee),
  );
}

async function theirs(given: readonly Batch[], { producerId, ...head }: Frame): Promise<Buffer> {
  const topics = [...new Set(given.map(({ topic }) => topic))];
  const request = kafkajsProduce({
    acks: -1,
    timeout: 30_000,
    producerId,
    producerEpoch: head.producerEpoch,
    topicData: topics.map((topic) => ({
      topic,
      partitions: given
        .filter((batch) => batch.topic === topic)
        .map(({ partition, firstSequence, records }) => ({ partition, firstSequence, messages: records })),
    })),
  });
  return (await kafkajsFrame({ ...head, request })).buffer;
}

/** The records of a request with a single batch. */
const recordSet = (request: Buffer, { clientId }: Frame, { topic }: Batch) =>
  request.subarray(4 + 10 + Buffer.byteLength(clientId) + 12 + 2 + Buffer.byteLength(topic) + 4 + 8);

describe('The encoder of produce requests', () => {
  it('writes the same bytes as the one of kafkajs', async () => {
    await fc.assert(
      fc.asyncProperty(batches, frame, async (given, head) => {
        expect((await ours(given, head)).equals(await theirs(given, head))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('writes records that kafkajs reads back, compressed or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches,
        frame,
        fc.constantFrom('none', 'gzip'),
        async ([batch], head, compression) => {
          if (!batch) return;
          const records = recordSet(await ours([batch], head, compression as Compression), head, batch);
          const length = Buffer.alloc(4);
          length.writeInt32BE(records.length);
          const read = await kafkajsFetchMessages(new Decoder(Buffer.concat([length, records])));
          expect(read.map(({ value }) => value)).toEqual(
            batch.records.map(({ value }) => (value === null ? null : Buffer.from(value))),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('writes records that our decoder reads back whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches,
        frame,
        fc.constantFrom('none', 'gzip'),
        async ([batch], head, compression) => {
          if (!batch) return;
          const request = await ours([batch], head, compression as Compression);
          const read = await decodeBatches(recordSet(request, head, batch), new HeaderReader());
          expect(read.map(plain)).toEqual(
            batch.records.map(({ key, value, headers, timestamp }, offset) => ({
              offset,
              timestamp,
              key: key === null ? null : Buffer.from(key),
              value: value === null ? null : Buffer.from(value),
              headers: Object.fromEntries(
                Object.entries(headers ?? {})
                  .filter(([name]) => name !== '__proto__')
                  .map(([name, header]) => [name, Buffer.from(header).toString()]),
              ),
            })),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

const plain = (found: unknown) => {
  if (!(found instanceof FetchedRecord)) return found;
  const { offset, timestamp, key, value, headers } = found;
  return { offset, timestamp, key, value, headers };
};

describe('The decoder of fetched records', () => {
  const head: Frame = { correlationId: 1, clientId: 'c', producerId: 7n, producerEpoch: 0 };
  const batch: Batch = {
    topic: 't',
    partition: 0,
    firstSequence: 0,
    records: [1, 2, 3].map((n) => ({ key: null, value: `value ${n}`, timestamp: 1_000_000_000_000 })),
  };
  const fetched = async () => Buffer.from(recordSet(await ours([batch], head), head, batch));

  it('refuses a batch whose bytes do not have its checksum', async () => {
    const records = await fetched();
    records[records.length - 3] = (records[records.length - 3] ?? 0) ^ 1;
    await expect(decodeBatches(records, new HeaderReader())).rejects.toThrow('checksum');
  });

  it('leaves out a batch that was cut off', async () => {
    const records = await fetched();
    const cut = Buffer.concat([records, records.subarray(0, records.length - 1)]);
    expect(await decodeBatches(cut, new HeaderReader())).toHaveLength(3);
  });

  it('stands in for offsets that compaction took from the end of a batch', async () => {
    const { crc32c } = await import('@node-rs/crc32');
    const records = await fetched();
    records.writeInt32BE(9, 23); // last offset delta
    records.writeUInt32BE(crc32c(records.subarray(21)), 17);
    const read = await decodeBatches(records, new HeaderReader());
    expect(read.map(({ offset, isGap }) => [offset, isGap])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [9, true],
    ]);
  });
});
