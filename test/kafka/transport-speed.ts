import { randomUUID } from 'node:crypto';

import { Kafka, logLevel } from 'kafkajs';

import { BatchConsumer, createKafka, Producer } from '#libs/kafka';

/**
 * CPU and wall time per record of libs/kafka and of kafkajs as it is, on one broker. Each runs in a process of its own,
 * because the patches are for a whole process:
 *
 *   node dist/test/kafka/transport-speed.js 127.0.0.1:9092 ours|kafkajs [bytes=4096] [count=50000]
 *
 * Prints one JSON line.
 */
const [address = '127.0.0.1:9092', which = 'ours', bytes = '4096', total = '50000'] = process.argv.slice(2);
const count = Number(total);
const partitions = 6;
const inOneCall = 600;
const topic = `speed.${randomUUID()}`;
const value = Buffer.alloc(Number(bytes), 'abcdefghij');

/** As a raw record has them. */
const headers = (position: number): Record<string, string> => ({
  collection: 'c0ffee00-1234-5678-9abc-def012345678',
  job: 'c0ffee00-1234-5678-9abc-def012345679',
  source: 'c0ffee00-1234-5678-9abc-def012345679.1',
  position: String(position),
  format: 'x.v1',
  'collected-at': '2026-11-21T08:00:00.000Z',
  origin: 'real',
  identity: `x/x.com/${1_600_000_000_000_000_000n + BigInt(position)}`,
  line: String(position),
  offset: String(position * 4096),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});

interface Cost {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function measure(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: Math.round(count / seconds), cpuMicros: Number(((user + system) / count).toFixed(2)) };
}

/** Two calls wait for each other, so that there is always something to send. */
async function inTurns(append: (from: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const turn = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += inOneCall;
      await append(from);
    }
  };
  await Promise.all([turn(), turn()]);
}

const rows = (from: number) =>
  Array.from({ length: Math.min(inOneCall, count - from) }, (_, i) => ({
    partition: (from + i) % partitions,
    key: `key ${from + i}`,
    value,
    headers: headers(from + i),
  }));

/** Reads what every handler reads: the headers. */
let seen = 0;
let checked = 0;
const look = (position: string | undefined) => (checked += Number(position));

async function ours(): Promise<{ produce: Cost; consume: Cost }> {
  const kafka = createKafka({ brokers: [address], clientId: 'speed' });
  const producer = new Producer(kafka, { onFatal: () => undefined });
  await producer.open();
  const produce = await measure(() =>
    inTurns((from) => producer.append(rows(from).map((row) => ({ topic, ...row })))),
  );
  await producer.close();
  const done = deferred();
  const consumer = new BatchConsumer(kafka, {
    group: topic,
    topics: [{ topic }],
    handler: ({ messages }) => {
      for (const { headers: found } of messages) look(found.position);
      seen += messages.length;
      if (seen >= count) done.resolve();
      return Promise.resolve();
    },
  });
  const consume = await measure(async () => {
    await consumer.start();
    await done.promise;
  });
  await consumer.stop();
  return { produce, consume };
}

async function kafkajs(): Promise<{ produce: Cost; consume: Cost }> {
  const kafka = new Kafka({ brokers: [address], clientId: 'speed', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  let last: Promise<unknown> = Promise.resolve();
  const produce = await measure(() =>
    inTurns((from) => {
      // One send at a time: with two in flight it loses records.
      last = last.then(() => producer.send({ topic, messages: rows(from) }));
      return last;
    }),
  );
  await producer.disconnect();
  const done = deferred();
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 500 });
  const consume = await measure(async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachBatch: ({ batch: { messages } }) => {
        for (const { headers: found } of messages) look(found?.position?.toString());
        seen += messages.length;
        if (seen >= count) done.resolve();
        return Promise.resolve();
      },
    });
    await done.promise;
  });
  await consumer.disconnect();
  return { produce, consume };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

const admin = new Kafka({ brokers: [address], clientId: 'speed', logLevel: logLevel.NOTHING }).admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
const result = await (which === 'ours' ? ours() : kafkajs());
await admin.deleteTopics({ topics: [topic] });
await admin.disconnect();
if (checked !== (count * (count - 1)) / 2) throw new Error('Not every record came back.');
process.stdout.write(`${JSON.stringify({ which, bytes: value.length, count, ...result })}\n`);
