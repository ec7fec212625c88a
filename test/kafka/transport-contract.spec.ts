import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

import {
  type Batch,
  type BatchConsumer,
  createTopicLike,
  deleteTopic,
  ensureTopics,
  LogMismatchError,
  type LogRecord,
  OffsetOutOfRangeError,
  RecordTooLargeError,
  StaleBatchError,
  TopicMismatchError,
} from '#libs/kafka';

import { type BrokerUnderTest, brokerUnderTest } from './broker-under-test.js';
import { collector, contents, declaration, Fixture, latch, numbered, records, valueOf } from './fixture.js';
import { KafkaProxy } from './kafka-proxy.js';
import { until } from './until.js';

jest.setTimeout(60_000);

/** The shortest session that Apache Kafka grants. */
const SHORT_SESSION_MS = 6_000;
const MAX_MESSAGE = 16 * 1024 * 1024;

let broker: BrokerUnderTest;
let fixture: Fixture;

beforeAll(async () => {
  broker = await brokerUnderTest();
});
afterAll(() => broker.stop());
beforeEach(() => {
  fixture = new Fixture(broker.address);
});
afterEach(() => fixture.close());

async function proxied() {
  const proxy = await KafkaProxy.before(broker.address);
  fixture.defer(() => proxy.stop());
  return { proxy, kafka: fixture.client(proxy.address) };
}

describe('A producer', () => {
  it('says where each record lies, and keeps the order of calls within a partition', async () => {
    const topic = await fixture.topic(3);
    const producer = await fixture.producer();
    const calls = numbered('call', 200).map((call, i) =>
      producer.append([...records(topic, i % 3, [call]), ...records(topic, 0, [`${call}+`])]),
    );
    const appended = await Promise.all(calls);
    const found = await contents(fixture.reader(), topic);
    appended.forEach((places, i) => {
      expect(places.map(({ partition, offset }) => found[partition]?.[offset])).toEqual([
        `call${i}`,
        `call${i}+`,
      ]);
    });
    expect(found[1]).toEqual(numbered('call', 200).filter((_, i) => i % 3 === 1));
  });

  it('loses no acknowledged record, and writes none twice, when an answer is lost while others wait', async () => {
    const { proxy, kafka } = await proxied();
    const topic = await fixture.topic();
    const producer = await fixture.producer(kafka);
    await producer.append(records(topic, 0, ['before']));
    let lost = 0;
    proxy.judge = (apiKey) => (apiKey === proxy.produce && lost++ < 2 ? 'lose' : 'pass');
    const first = producer.append(records(topic, 0, ['first']));
    await until(() => lost > 0, 'the answer to the first send is lost');
    const others = numbered('other', 50).map((value) => producer.append(records(topic, 0, [value])));
    const appended = (await Promise.all([first, ...others])).flat();
    expect(appended.map(({ offset }) => offset)).toEqual(appended.map((_, i) => i + 1));
    expect((await contents(fixture.reader(), topic))[0]).toEqual([
      'before',
      'first',
      ...numbered('other', 50),
    ]);
  });

  it('has one send under way, and puts all that waits into the next one', async () => {
    const { proxy, kafka } = await proxied();
    const topic = await fixture.topic();
    const producer = await fixture.producer(kafka);
    await Promise.all(numbered('r', 1000).map((value) => producer.append(records(topic, 0, [value]))));
    expect(proxy.seen.get(proxy.produce)).toBeLessThanOrEqual(2);
  });

  it('takes records up to the limit of a topic and refuses a longer one without harm', async () => {
    const topic = await fixture.topic(1, { 'max.message.bytes': String(MAX_MESSAGE) });
    const producer = await fixture.producer();
    const long = Buffer.alloc(MAX_MESSAGE - 64 * 1024, 'lang');
    const [place] = await producer.append([{ topic, partition: 0, key: 'k', value: long }]);
    expect((await fixture.reader().read(topic, 0, place?.offset ?? -1))?.value?.equals(long)).toBe(true);
    const longer = producer.append([{ topic, partition: 0, key: null, value: Buffer.alloc(MAX_MESSAGE) }]);
    await expect(longer).rejects.toBeInstanceOf(RecordTooLargeError);
    const { handler, offsets } = collector();
    await producer.append(records(topic, 0, ['next']));
    await fixture.consumer({ topics: [{ topic }], handler });
    await until(() => offsets.length === 2, 'both records are consumed');
  });

  it('keeps tombstones, empty values, bytes and text of any script', async () => {
    const topic = await fixture.topic();
    const producer = await fixture.producer();
    const headers = { größe: '日本', empty: '', bytes: Buffer.from('🎉') };
    const odd = Buffer.from([0xff, 0x00, 0xfe]);
    await producer.append([
      { topic, partition: 0, key: 'Schlüssel', value: null, headers, timestamp: 1_500_000_000_123 },
      { topic, partition: 0, key: Buffer.alloc(0), value: '' },
      { topic, partition: 0, key: null, value: odd },
    ]);
    const reader = fixture.reader();
    const found = await Promise.all([0, 1, 2].map((offset) => reader.read(topic, 0, offset)));
    expect(found.map((record) => record?.value)).toEqual([null, Buffer.alloc(0), odd]);
    expect(found.map((record) => record?.key?.toString())).toEqual(['Schlüssel', '', undefined]);
    expect(found[0]?.headers).toEqual({ größe: '日本', empty: '', bytes: '🎉' });
    expect(found[0]?.timestamp).toBe(1_500_000_000_123);
  });

  it('packs batches when told to', async () => {
    const topic = await fixture.topic();
    const producer = await fixture.producer(undefined, { compression: 'gzip' });
    await producer.append(records(topic, 0, numbered('value ', 500)));
    expect((await contents(fixture.reader(), topic))[0]).toEqual(numbered('value ', 500));
    expect(valueOf((await fixture.reader().read(topic, 0, 250)) as LogRecord)).toBe('value 250');
  });

  it('fails for good where no broker comes back, and says so once', async () => {
    const { proxy, kafka } = await proxied();
    const topic = await fixture.topic();
    const fatal: Error[] = [];
    const patience = { total: 300, first: 20, longest: 100 };
    const producer = await fixture.producer(kafka, { onFatal: (error) => fatal.push(error), patience });
    proxy.goAway();
    const calls = numbered('r', 3).map((value) => producer.append(records(topic, 0, [value])));
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(
      numbered('', 3).map(() => 'rejected'),
    );
    await expect(producer.append(records(topic, 0, ['late']))).rejects.toThrow('does not take records');
    expect(fatal).toHaveLength(1);
  });
});

describe('A consumer whose positions are in its own store', () => {
  const store = (positions: Map<number, number | null>) => ({ load: () => Promise.resolve(positions) });

  it('begins where the store stands, though the group has committed nothing', async () => {
    const topic = await fixture.topic(2);
    await (await fixture.producer()).append([0, 1].flatMap((p) => records(topic, p, numbered(`${p}.`, 10))));
    const { handler, values } = collector();
    await fixture.consumer({
      topics: [
        {
          topic,
          positions: store(
            new Map([
              [0, 7],
              [1, null],
            ]),
          ),
        },
      ],
      handler,
    });
    await until(() => values.length >= 13, 'the rest is handled');
    expect(new Set(values)).toEqual(new Set([...numbered('1.', 10), '0.7', '0.8', '0.9']));
  });

  it.each([
    ['behind the end of the log', 11],
    ['before its beginning', 2],
  ])('refuses a log that does not hold the position: %s', async (_, next) => {
    const topic = await fixture.topic();
    await (await fixture.producer()).append(records(topic, 0, numbered('r', 10)));
    await truncate(topic, 5);
    const { handler, values } = collector();
    const consumer = await fixture.consumer({
      topics: [{ topic, positions: store(new Map([[0, next]])) }],
      handler,
    });
    await expect(consumer.closed).rejects.toBeInstanceOf(LogMismatchError);
    expect(values).toEqual([]);
  });

  it('ends, and does not jump, when the log loses records while it runs', async () => {
    const topic = await fixture.topic();
    const producer = await fixture.producer();
    for (const value of numbered('r', 10)) await producer.append(records(topic, 0, [value.padEnd(50_000)]));
    const { handler, offsets } = collector();
    const consumer = await fixture.consumer({
      topics: [{ topic, positions: store(new Map()) }],
      fetchSizes: { maxBytes: 1000, maxBytesPerPartition: 1000 },
      handler: async (batch) => {
        await truncate(topic, 9);
        await handler(batch);
      },
    });
    await expect(consumer.closed).rejects.toBeInstanceOf(LogMismatchError);
    expect(offsets).toEqual([0]);
  });

  it('goes to the position anew when the handler finds its batch stale', async () => {
    const topic = await fixture.topic();
    await (await fixture.producer()).append(records(topic, 0, numbered('r', 10)));
    const positions = new Map([[0, 0]]);
    const { handler, offsets } = collector();
    await fixture.consumer({
      topics: [{ topic, positions: store(positions) }],
      handler: (batch) => {
        if (positions.get(0) !== 0) return handler(batch);
        positions.set(0, 6); // somebody else was faster
        return Promise.reject(new StaleBatchError());
      },
    });
    await until(() => offsets.length >= 4, 'the rest is handled');
    expect(offsets).toEqual([6, 7, 8, 9]);
  });

  async function truncate(topic: string, offset: number): Promise<void> {
    await fixture.kafka.admin(async (admin) => {
      await admin.fetchTopicOffsets(topic); // kafkajs needs the topic loaded
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    });
  }
});

describe('A consumer group', () => {
  it('shares the partitions, and each record is handled once', async () => {
    const topic = await fixture.topic(6);
    const group = topic;
    const members = numbered('m', 3).map(() => collector());
    const consumers: BatchConsumer[] = [];
    for (const { handler } of members)
      consumers.push(await fixture.consumer({ group, topics: [{ topic }], handler }));
    await until(
      () => consumers.every(({ assigned }) => assigned[topic]?.length === 2),
      'each of three has two of six partitions',
    );
    await (
      await fixture.producer()
    ).append(numbered('', 6).flatMap((p) => records(topic, Number(p), numbered(`${p}.`, 100))));
    const all = () => members.flatMap(({ values }) => values);
    await until(() => all().length >= 600, 'all records are handled');
    expect(new Set(all()).size).toBe(600);
    expect(all()).toHaveLength(600);
    expect(members.map(({ values }) => values.length)).toEqual([200, 200, 200]);
  });

  it("ends with the handler's own error, and the next member begins with the batch that failed", async () => {
    class Fault extends Error {}
    const topic = await fixture.topic();
    const producer = await fixture.producer();
    for (const value of numbered('r', 4)) await producer.append(records(topic, 0, [value.padEnd(2000)]));
    const fault = new Fault('of the handler');
    const sizes = { maxBytes: 1000, maxBytesPerPartition: 1000 };
    const first = collector();
    const failing = await fixture.consumer({
      group: topic,
      topics: [{ topic }],
      fetchSizes: sizes,
      handler: (batch) => (first.offsets.length === 2 ? Promise.reject(fault) : first.handler(batch)),
    });
    await expect(failing.closed).rejects.toBe(fault);
    const second = collector();
    await fixture.consumer({ group: topic, topics: [{ topic }], handler: second.handler });
    await until(() => second.offsets.length === 2, 'the rest is handled');
    expect([first.offsets, second.offsets]).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('keeps a member whose handler runs longer than the session', async () => {
    const topic = await fixture.topic();
    const calls: number[] = [];
    const finish = latch();
    let batch: Batch | undefined;
    await fixture.consumer({
      topics: [{ topic }],
      sessionTimeoutMs: SHORT_SESSION_MS,
      handler: (given) => {
        batch = given;
        calls.push(given.messages[0]?.offset ?? -1);
        return finish.promise;
      },
    });
    const producer = await fixture.producer();
    await producer.append(records(topic, 0, ['first']));
    await until(() => batch !== undefined, 'the handler runs');
    const begun = Date.now();
    await until(() => Date.now() - begun > SHORT_SESSION_MS + 1_500, 'the session is over');
    expect(batch?.isStale()).toBe(false);
    finish.release();
    await producer.append(records(topic, 0, ['second']));
    await until(() => calls.length === 2, 'the next batch is handled');
    expect(calls).toEqual([0, 1]);
  });

  it('gives the partitions of a silent member to others, and the silent one knows its batch to be stale', async () => {
    const { proxy, kafka } = await proxied();
    const topic = await fixture.topic();
    await (await fixture.producer()).append(records(topic, 0, ['only']));
    const finish = latch();
    let stale: Batch | undefined;
    const shared = { group: topic, topics: [{ topic }], sessionTimeoutMs: SHORT_SESSION_MS };
    const silent = { ...shared, handler: (batch: Batch) => ((stale = batch), finish.promise) };
    await fixture.consumer(silent, kafka);
    await until(() => stale !== undefined, 'the handler runs');
    proxy.goAway();
    const other = collector();
    await fixture.consumer({ ...shared, handler: other.handler });
    await until(() => other.values.length === 1, 'the other member has the record');
    expect(stale?.isStale()).toBe(true);
    proxy.comeBack();
    finish.release();
  });

  it('stops only after its running handler, and keeps its offset', async () => {
    const topic = await fixture.topic();
    const producer = await fixture.producer();
    await producer.append(records(topic, 0, ['first']));
    const begun = latch();
    const finish = latch();
    const consumer = await fixture.consumer({
      group: topic,
      topics: [{ topic }],
      handler: () => (begun.release(), finish.promise),
    });
    await begun.promise;
    let stopped = false;
    const stopping = consumer.stop().then(() => (stopped = true));
    await producer.append(records(topic, 0, ['second']));
    expect(stopped).toBe(false);
    finish.release();
    await stopping;
    await consumer.closed;
    const next = collector();
    await fixture.consumer({ group: topic, topics: [{ topic }], handler: next.handler });
    await until(() => next.values.length === 1, 'the rest is handled');
    expect(next.values).toEqual(['second']);
  });
});

describe('A reader without a group', () => {
  it('reads single records, and null where there is none', async () => {
    const topic = await fixture.topic(2);
    await (await fixture.producer()).append(records(topic, 1, numbered('r', 5)));
    const reader = fixture.reader();
    const found = await Promise.all([0, 4, 5, 99].map((offset) => reader.read(topic, 1, offset)));
    expect(found.map((record) => record && valueOf(record))).toEqual(['r0', 'r4', null, null]);
    expect(await reader.offsets(topic)).toEqual([
      { partition: 0, low: 0, high: 0 },
      { partition: 1, low: 0, high: 5 },
    ]);
  });

  it('has one connection for metadata and one for records, however many reads begin at once', async () => {
    const { proxy, kafka } = await proxied();
    const topic = await fixture.topic();
    await (await fixture.producer()).append(records(topic, 0, numbered('r', 20)));
    const reader = fixture.reader(kafka);
    await Promise.all(numbered('', 20).map((offset) => reader.read(topic, 0, Number(offset))));
    expect(proxy.connections).toBe(2);
  });

  it('follows a topic from given positions until it is told to end', async () => {
    const topic = await fixture.topic(2);
    const producer = await fixture.producer();
    await producer.append(records(topic, 0, numbered('r', 5)));
    const end = new AbortController();
    const found: (string | null)[] = [];
    const following = (async () => {
      const from = new Map([
        [0, 3],
        [1, 0],
      ]);
      for await (const batch of fixture.reader().tail(topic, from, { signal: end.signal })) {
        found.push(...batch.messages.map(valueOf));
      }
    })();
    await until(() => found.length === 2, 'what was there is read');
    await producer.append(records(topic, 1, ['new']));
    await until(() => found.length === 3, 'what comes is read');
    end.abort();
    await following;
    expect(found).toEqual(['r3', 'r4', 'new']);
  });

  it('does not jump when a position is not in the log', async () => {
    const topic = await fixture.topic();
    const tail = fixture.reader().tail(topic, new Map([[0, 5]]));
    await expect(tail.next()).rejects.toBeInstanceOf(OffsetOutOfRangeError);
  });
});

describe('When the broker is away for a while', () => {
  it('producer, consumer and reader go on where they were: all records, once, in order', async () => {
    const { proxy, kafka } = await proxied();
    const topic = await fixture.topic();
    const producer = await fixture.producer(kafka);
    const consumed = collector();
    // Of a store, because a commit to Kafka may be lost with the broker: then the batch comes once more.
    const positions = { load: () => Promise.resolve(new Map([[0, (consumed.offsets.at(-1) ?? -1) + 1]])) };
    await fixture.consumer({ topics: [{ topic, positions }], handler: consumed.handler }, kafka);
    const end = new AbortController();
    const tailed: (string | null)[] = [];
    const following = (async () => {
      const tail = fixture.reader(kafka).tail(topic, new Map([[0, 0]]), { signal: end.signal });
      for await (const { messages } of tail) tailed.push(...messages.map(valueOf));
    })();
    await producer.append(records(topic, 0, ['before']));
    await until(() => consumed.values.length === 1 && tailed.length === 1, 'both have the first record');
    proxy.goAway();
    const appending = numbered('r', 100).map((value) => producer.append(records(topic, 0, [value])));
    const gone = Date.now();
    await until(() => Date.now() - gone > 1_500, 'the broker was away for a while');
    proxy.comeBack();
    await Promise.all(appending);
    await until(() => consumed.values.length >= 101 && tailed.length >= 101, 'all have arrived');
    end.abort();
    await following;
    const all = ['before', ...numbered('r', 100)];
    expect([consumed.values, tailed]).toEqual([all, all]);
  });
});

describe('Topics', () => {
  const firstRecord = () => ({ key: 'log', value: 'LogStarted' });
  const options = { replicationFactor: 1, firstRecord };

  it('are made as declared, each partition opened by one first record, by several processes at once', async () => {
    const declared = declaration();
    await Promise.all(numbered('', 3).map(() => ensureTopics(fixture.kafka, [declared], options)));
    expect(await contents(fixture.reader(), declared.name)).toEqual({
      0: ['LogStarted'],
      1: ['LogStarted'],
      2: ['LogStarted'],
    });
  });

  it('that differ stop the app with what to do', async () => {
    const declared = declaration({ 'retention.ms': '604800000' });
    await ensureTopics(fixture.kafka, [declared], options);
    const wanted = { ...declared, partitions: 4, configs: { ...declared.configs, 'retention.ms': '-1' } };
    const error = await ensureTopics(fixture.kafka, [wanted], options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TopicMismatchError);
    expect(String(error)).toContain('it has 3 partitions, declared are 4');
    expect(String(error)).toContain('--add-config retention.ms=-1');
  });

  it('can be deleted without harm to those who read or wrote it and others', async () => {
    const [gone, kept] = [await fixture.topic(1), await fixture.topic(1)];
    const producer = await fixture.producer();
    const reader = fixture.reader();
    for (const topic of [gone, kept]) {
      await producer.append(records(topic, 0, ['before']));
      await reader.offsets(topic);
    }
    await deleteTopic(fixture.kafka, gone);
    const fresh = await fixture.topic(1);
    await producer.append([...records(kept, 0, ['after']), ...records(fresh, 0, ['new'])]);
    expect(await reader.offsets(fresh)).toEqual([{ partition: 0, low: 0, high: 1 }]);
    expect(await reader.offsets(kept)).toEqual([{ partition: 0, low: 0, high: 2 }]);
  });

  it('can be made like another one, and deleted', async () => {
    const declared = declaration();
    await ensureTopics(fixture.kafka, [declared], options);
    const other = declaration();
    const made = await createTopicLike(fixture.kafka, declared.name, { ...other, partitions: 9 }, options);
    expect(made.partitions).toBe(3);
    expect(await fixture.reader().offsets(other.name)).toHaveLength(3);
    await deleteTopic(fixture.kafka, other.name);
    await deleteTopic(fixture.kafka, other.name);
    await until(
      async () => !(await fixture.kafka.admin((admin) => admin.listTopics())).includes(other.name),
      'the topic is gone',
    );
  });
});
