import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Admin,
  CompressionTypes,
  ConfigResourceTypes,
  type ConsumerConfig,
  Kafka,
  type KafkaMessage,
  type Producer,
  logLevel,
} from 'kafkajs';

import { env } from '#libs/runtime';

import { type Broker, startBroker } from '../../apps/broker/broker.js';

/** Where Apache Kafka listens, to hold it to the same contract; unset: the embedded broker, started here. */
const address = env.TEST_KAFKA_BROKERS;

let embedded: Broker | undefined;
let folder: string;
let kafka: Kafka;
let admin: Admin;
let producer: Producer;
let made = 0;

const run = Date.now().toString(36);
const name = (what: string) => `${what}-${run}-${made++}`;

async function topicOf(partitions = 1, configs: Record<string, string> = {}): Promise<string> {
  const topic = name('topic');
  const configEntries = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
  const topics = [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }];
  await admin.createTopics({ topics, waitForLeaders: true });
  return topic;
}

/** Sends by a producer of its own: kafkajs refuses all sends of one that ever knew a topic which is gone. */
async function sendOnce(
  topic: string,
  message: { partition?: number; value: string | Buffer },
): Promise<void> {
  const own = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
  await own.connect();
  try {
    await own.send({ topic, messages: [message] });
  } finally {
    await own.disconnect();
  }
}

/** Reads until `count` messages have come, with a group of its own unless one is given. */
async function consume(topic: string, count: number, options: Partial<ConsumerConfig> = {}) {
  const consumer = kafka.consumer({ groupId: name('group'), ...options });
  const found: { partition: number; message: KafkaMessage }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    const eachMessage = async ({ partition, message }: (typeof found)[number]) => {
      found.push({ partition, message });
      if (found.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return found;
}

const valuesOf = (found: readonly { message: KafkaMessage }[]) =>
  found.map(({ message }) => String(message.value));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-contract-'));
  if (!address) embedded = await startBroker({ dataDir: folder });
  const brokers = [address ?? `127.0.0.1:${embedded?.port}`];
  kafka = new Kafka({ brokers, clientId: 'contract', logLevel: logLevel.NOTHING, retry: { retries: 3 } });
  admin = kafka.admin();
  producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await Promise.all([admin.connect(), producer.connect()]);
});

afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await embedded?.stop();
  await rm(folder, { recursive: true });
});

describe('topics', () => {
  it('are made, described, enlarged and deleted', async () => {
    const topic = await topicOf(2);
    expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })).toBe(false);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions.map(({ partitionId }) => partitionId).toSorted()).toEqual([0, 1, 2, 3, 4]);
    await sendOnce(topic, { partition: 4, value: 'in a new partition' });
    await admin.deleteTopics({ topics: [topic] });
    expect(await admin.listTopics()).not.toContain(topic);
    await expect(admin.fetchTopicMetadata({ topics: [topic] })).rejects.toThrow('topic-partition');
  });

  it('made again under the same name are empty', async () => {
    const topic = await topicOf();
    await sendOnce(topic, { value: 'old' });
    await admin.deleteTopics({ topics: [topic] });
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
    expect(await admin.fetchTopicOffsets(topic)).toEqual([
      { partition: 0, offset: '0', low: '0', high: '0' },
    ]);
  });

  it('with names, counts or settings that cannot be are refused, and say why', async () => {
    const create = (config: object) => admin.createTopics({ topics: [{ topic: name('wrong'), ...config }] });
    await expect(create({ topic: 'no spaces' })).rejects.toMatchObject({
      errors: [{ type: 'INVALID_TOPIC_EXCEPTION' }],
    });
    await expect(create({ numPartitions: 0 })).rejects.toMatchObject({
      errors: [{ type: 'INVALID_PARTITIONS' }],
    });
    const replicated = create({ replicationFactor: 3 });
    await expect(replicated).rejects.toMatchObject({ errors: [{ type: 'INVALID_REPLICATION_FACTOR' }] });
    const configured = create({ configEntries: [{ name: 'no.such.setting', value: '1' }] });
    await expect(configured).rejects.toMatchObject({ errors: [{ type: 'INVALID_CONFIG' }] });
  });

  it('keep their settings; a change sets back what it does not name', async () => {
    const topic = await topicOf(1, { 'retention.ms': '-1', 'max.message.bytes': '5000000' });
    const read = async () => {
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic }];
      const described = await admin.describeConfigs({ resources, includeSynonyms: false });
      const entries = described.resources[0]?.configEntries ?? [];
      return (setting: string) => entries.find(({ configName }) => configName === setting)?.configValue;
    };
    const before = await read();
    expect([before('retention.ms'), before('max.message.bytes')]).toEqual(['-1', '5000000']);
    const configEntries = [{ name: 'max.message.bytes', value: '6000000' }];
    const change = { type: ConfigResourceTypes.TOPIC, name: topic, configEntries };
    await admin.alterConfigs({ resources: [change], validateOnly: false });
    const after = await read();
    expect([after('retention.ms'), after('max.message.bytes')]).toEqual(['604800000', '6000000']);
  });
});

describe('records', () => {
  it('come back byte for byte, in order, with keys, headers and times', async () => {
    const topic = await topicOf();
    const value = Buffer.from([0, 255, 13, 10, 0xc3, 0x28]);
    const messages = [
      { key: 'k', value, headers: { a: 'é', b: Buffer.from([0]) }, timestamp: '1700000000123' },
      { key: null, value: Buffer.alloc(0) },
      { key: 'gone', value: null },
    ];
    const [sent] = await producer.send({ topic, messages });
    expect(sent?.baseOffset).toBe('0');
    const [first, second, third] = (await consume(topic, 3)).map(({ message }) => message);
    const headers = { a: Buffer.from('é'), b: Buffer.from([0]) };
    expect(first).toMatchObject({
      offset: '0',
      key: Buffer.from('k'),
      value,
      headers,
      timestamp: '1700000000123',
    });
    expect(second).toMatchObject({ offset: '1', key: null, value: Buffer.alloc(0) });
    expect(third).toMatchObject({ offset: '2', key: Buffer.from('gone'), value: null });
  });

  it('come back when they were compressed', async () => {
    const topic = await topicOf();
    const messages = Array.from({ length: 100 }, (_, at) => ({ value: `same words ${at}` }));
    await producer.send({ topic, messages, compression: CompressionTypes.GZIP });
    expect(valuesOf(await consume(topic, 100))).toEqual(messages.map(({ value }) => value));
  });

  it('of several megabytes pass where the topic allows them, and are refused where it does not', async () => {
    const large = await topicOf(1, { 'max.message.bytes': '16777216' });
    const small = await topicOf(1, { 'max.message.bytes': '1000000' });
    const value = Buffer.alloc(12_000_000, 'x');
    await producer.send({ topic: large, messages: [{ value }, { value: 'after' }] });
    const found = await consume(large, 2, { maxBytes: 1_000_000, maxBytesPerPartition: 100_000 });
    expect(found[0]?.message.value?.equals(value)).toBe(true);
    await expect(sendOnce(small, { value })).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
  });

  it('of many partitions come back each in the order of its partition', async () => {
    const topic = await topicOf(6);
    const messages = Array.from({ length: 3_000 }, (_, at) => ({ partition: at % 6, value: String(at) }));
    for (let at = 0; at < messages.length; at += 500) {
      await producer.send({ topic, messages: messages.slice(at, at + 500) });
    }
    const found = await consume(topic, messages.length);
    for (const partition of Array(6).keys()) {
      const values = valuesOf(found.filter((each) => each.partition === partition));
      expect(values).toEqual(
        messages.filter((each) => each.partition === partition).map(({ value }) => value),
      );
    }
  });

  it('of a topic that is not there are refused', async () => {
    await expect(sendOnce(name('missing'), { value: 'x' })).rejects.toThrow('topic-partition');
  });

  it('are found by time', async () => {
    const topic = await topicOf();
    for (const time of [1000, 2000, 3000]) {
      const messages = [
        { value: 'a', timestamp: String(1_700_000_000_000 + time) },
        { value: 'b', timestamp: String(1_700_000_000_500 + time) },
      ];
      await producer.send({ topic, messages });
    }
    const offsets = await Promise.all(
      [0, 1500, 2000, 2001, 9999].map(async (time) => {
        const [found] = await admin.fetchTopicOffsetsByTimestamp(topic, 1_700_000_000_000 + time);
        return found?.offset;
      }),
    );
    // kafkajs gives the end for a time after all records.
    expect(offsets).toEqual(['0', '1', '2', '3', '6']);
  });

  it('are deleted up to an offset, and reading goes on behind it', async () => {
    const topic = await topicOf();
    await producer.send({ topic, messages: [0, 1, 2, 3, 4].map((at) => ({ value: String(at) })) });
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
    expect(await admin.fetchTopicOffsets(topic)).toEqual([
      { partition: 0, offset: '5', low: '3', high: '5' },
    ]);
    expect(valuesOf(await consume(topic, 2))).toEqual(['3', '4']);
  });
});

describe('groups', () => {
  it('go on where they left off, and can be set to another place', async () => {
    const topic = await topicOf();
    const groupId = name('group');
    await producer.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] });
    expect(valuesOf(await consume(topic, 2, { groupId }))).toEqual(['a', 'b']);
    await producer.send({ topic, messages: [{ value: 'c' }] });
    expect(valuesOf(await consume(topic, 1, { groupId }))).toEqual(['c']);
    const [read] = await admin.fetchOffsets({ groupId, topics: [topic] });
    expect(read?.partitions).toEqual([expect.objectContaining({ partition: 0, offset: '3' })]);
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] });
    expect(valuesOf(await consume(topic, 2, { groupId }))).toEqual(['b', 'c']);
    // kafkajs sets offsets by a consumer, which first waits for a whole long poll.
  }, 20_000);

  it('share partitions among their members, and give those of one that leaves to the others', async () => {
    const topic = await topicOf(4);
    const groupId = name('group');
    const shares = new Map<string, number[]>();
    const waiting: (() => void)[] = [];
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise<void>((resolve) => waiting.push(resolve));
    };
    const join = async (id: string) => {
      const consumer = kafka.consumer({ groupId, heartbeatInterval: 50, maxWaitTimeInMs: 50 });
      consumer.on('consumer.group_join', ({ payload }) => {
        shares.set(id, payload.memberAssignment[topic] ?? []);
        for (const resolve of waiting.splice(0)) resolve();
      });
      await consumer.connect();
      await consumer.subscribe({ topic });
      await consumer.run({ eachMessage: async () => undefined });
      return consumer;
    };
    const all = () => [...shares.values()].flat().toSorted((a, b) => a - b);
    const first = await join('first');
    await until(() => shares.get('first')?.length === 4);
    const second = await join('second');
    await until(() => shares.get('first')?.length === 2 && shares.get('second')?.length === 2);
    expect(all()).toEqual([0, 1, 2, 3]);
    const described = await admin.describeGroups([groupId]);
    expect(described.groups[0]).toMatchObject({ state: 'Stable', protocolType: 'consumer' });
    expect(described.groups[0]?.members).toHaveLength(2);
    await first.disconnect();
    await until(() => shares.get('second')?.length === 4);
    await second.disconnect();
  });

  it('are listed, and deleted when nobody is in them', async () => {
    const topic = await topicOf();
    const groupId = name('group');
    await producer.send({ topic, messages: [{ value: 'a' }] });
    await consume(topic, 1, { groupId });
    const ids = async () => (await admin.listGroups()).groups.map((group) => group.groupId);
    expect(await ids()).toContain(groupId);
    await admin.deleteGroups([groupId]);
    expect(await ids()).not.toContain(groupId);
    await expect(admin.deleteGroups([groupId])).rejects.toThrow('DeleteGroups');
  });

  it('wait for the first record without asking again and again, and get it at once', async () => {
    const topic = await topicOf();
    const consumer = kafka.consumer({ groupId: name('group'), maxWaitTimeInMs: 10_000 });
    let fetches = 0;
    consumer.on('consumer.fetch', () => (fetches += 1));
    const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()));
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const arrived = new Promise<number>((resolve, reject) => {
      consumer.run({ eachMessage: async () => resolve(Date.now()) }).catch(reject);
    });
    await joined;
    const began = Date.now();
    await producer.send({ topic, messages: [{ value: 'now' }] });
    expect((await arrived) - began).toBeLessThan(5_000);
    expect(fetches).toBeLessThan(5);
    await consumer.disconnect();
  });
});
