import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import {
  enrichedTopic,
  isLogStarted,
  jobEventKey,
  type JobEvent,
  jobEventSchema,
  type Outcome,
  partitionKey,
  type RawMeta,
  rawHeaders,
  recognise,
  recordKey,
  topics,
} from '#libs/events';
import { createKafka, deleteTopic, type Kafka, LogReader, partitionFor, Producer } from '#libs/kafka';
import { createLogger } from '#libs/runtime';

import { type Broker, startBroker } from '../../apps/broker/broker.js';
import { enrichConfig } from '../../apps/enrich/config.js';
import { type Dialects } from '../../apps/enrich/dialects.js';
import { type Enrich, startEnrich } from '../../apps/enrich/enrich.js';

jest.setTimeout(90_000);

const POSTS = 3_000;

describe('enrich between the raw log and the enriched one', () => {
  const copies: Enrich[] = [];
  let folder: string;
  let broker: Broker;
  let kafka: Kafka;
  let producer: Producer;
  let reader: LogReader;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmuration-enrich-'));
    broker = await startBroker({ dataDir: join(folder, 'log') });
    kafka = createKafka({ brokers: [address()], clientId: 'test' });
    copies.push(await start(), await start());
    producer = new Producer(kafka, { onFatal: fail });
    await producer.open();
    reader = new LogReader(kafka);
  });

  afterAll(async () => {
    for (const copy of copies) await copy.stop();
    await producer?.close();
    await reader?.close();
    await broker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const address = () => `127.0.0.1:${broker.port}`;
  const fail = (error: unknown): never => {
    throw error;
  };

  function start(dialects?: Dialects): Promise<Enrich> {
    const config = enrichConfig({ KAFKA_BROKERS: address(), LOG_LEVEL: 'error' });
    return startEnrich(config, createLogger('enrich', 'error'), {
      run: randomUUID().slice(0, 8),
      newLogId: randomUUID,
      onFatal: fail,
      ...(dialects ? { dialects } : {}),
    });
  }

  /** Appends `count` posts, and behind each hundredth a line that is none. @returns the records appended. */
  async function collect(source: string, count: number): Promise<number> {
    const lines = Array.from({ length: count }, (_, i) => {
      const post = `{"id_str":"${1_000_000 + i}","text":"post ${i}","entities":{"hashtags":[{"text":"t${i % 7}"}]}}`;
      return i % 100 === 99 ? [post, 'no json'] : [post];
    }).flat();
    const records = lines.map((line, position) => {
      const value = Buffer.from(line);
      const meta = metaOf(value, source, position);
      const partition = partitionFor(partitionKey(meta), topics.raw.partitions);
      const key = recordKey(meta, randomUUID());
      return { topic: topics.raw.name, partition, key, value, headers: rawHeaders(meta) };
    });
    await producer.append(records);
    return records.length;
  }

  const metaOf = (bytes: Buffer, source: string, position: number): RawMeta => ({
    collection: 'c',
    job: 'j',
    source,
    position,
    ...recognise(bytes),
    encoding: 'utf-8',
    place: { line: position + 1, offset: null },
    collectedAt: '2026-01-01T00:00:00.000Z',
    origin: 'real',
    replayOf: null,
  });

  async function tell(type: JobEvent['type'], data: object): Promise<void> {
    const now = '2026-01-01T00:00:00.000Z';
    const envelope = { id: randomUUID(), version: 1, occurredAt: now, receivedAt: now };
    const event = jobEventSchema.parse({ ...envelope, type, data: { rebuild: 'r', ...data } });
    const key = jobEventKey(event);
    const partition = partitionFor(key, topics.jobs.partitions);
    await producer.append([{ topic: topics.jobs.name, partition, key, value: JSON.stringify(event) }]);
  }

  /** The outcomes in a topic, by partition, without the record that names its log. */
  async function outcomes(topic: string): Promise<Map<number, Outcome[]>> {
    const found = new Map<number, Outcome[]>();
    if ((await kafka.admin((admin) => admin.listTopics())).includes(topic)) {
      for await (const { partition, messages } of reader.readAll(topic)) {
        const own = messages.filter(({ key }) => !isLogStarted(key));
        const read = own.map(({ value }): Outcome => JSON.parse(String(value)));
        found.set(partition, [...(found.get(partition) ?? []), ...read]);
      }
    }
    return found;
  }

  async function rawRecords(): Promise<number> {
    return (await reader.offsets(topics.raw.name)).reduce((sum, { high }) => sum + high, 0);
  }

  /** Waits until each raw record has an outcome in the topic. */
  async function settled(topic: string): Promise<Map<number, Outcome[]>> {
    const wanted = await rawRecords();
    for (let waited = 0; ; waited += 1) {
      const found = await outcomes(topic);
      if (different(found) >= wanted) return found;
      if (waited > 300) throw new Error(`${different(found)} of ${wanted} outcomes in ${topic}`);
      await sleep(100);
    }
  }

  const different = (found: ReadonlyMap<number, readonly Outcome[]>) =>
    new Set([...found.values()].flat().map(({ id }) => id)).size;

  /** Partition p to partition p, in order, nothing left out. */
  function isComplete(found: ReadonlyMap<number, readonly Outcome[]>): boolean {
    return [...found].every(([partition, list]) =>
      list.every(({ raw }, i) => raw.partition === partition && raw.offset === i),
    );
  }

  it('makes one outcome of each raw record, in its partition and order, with two copies at work', async () => {
    const records = await collect('j.0', POSTS);
    const found = await settled(topics.enriched.name);
    expect(isComplete(found)).toBe(true);
    const types = [...found.values()].flat().map(({ type }) => type);
    const times = (wanted: Outcome['type']) => types.filter((type) => type === wanted).length;
    expect([times('PostEnriched'), times('RecordRejected'), times('MarkerPassed')]).toEqual([
      POSTS,
      records - POSTS,
      topics.raw.partitions,
    ]);
  });

  it('fills the topic of a new generation from the beginning, and goes on with both', async () => {
    const second = enrichedTopic(2).name;
    await tell('GenerationStarted', { generation: 2, enriched: second, fromRaw: true });
    await collect('j.1', 200);
    expect(isComplete(await settled(second))).toBe(true);
    expect(isComplete(await settled(topics.enriched.name))).toBe(true);
  });

  it('goes on where it was after a restart, with what the log says is to be filled', async () => {
    await copies.shift()?.stop();
    await collect('j.2', 100);
    copies.push(await start());
    await collect('j.3', 100);
    expect(different(await settled(enrichedTopic(2).name))).toBe(await rawRecords());
    expect(different(await settled(topics.enriched.name))).toBe(await rawRecords());
  });

  it('leaves a topic alone when its generation is dropped', async () => {
    await tell('GenerationSwitched', { generation: 2 });
    await tell('GenerationDropped', { generation: 1, enriched: topics.enriched.name });
    const isLeft = async () => {
      const { groups } = await kafka.admin((admin) => admin.describeGroups(['enrich']));
      return groups[0]?.members.length === 0;
    };
    for (let waited = 0; !(await isLeft()); waited += 1) {
      if (waited > 200) throw new Error('the group still has members');
      await sleep(100);
    }
    const before = different(await outcomes(topics.enriched.name));
    await collect('j.4', 100);
    await settled(enrichedTopic(2).name);
    expect(different(await outcomes(topics.enriched.name))).toBe(before);
  });

  it('maps everything again for a new generation, once a broken dialect is mended', async () => {
    const refusedIn = (found: ReadonlyMap<number, readonly Outcome[]>) =>
      [...found.values()].flat().filter(({ type, source }) => type === 'RecordRejected' && source === 'j.5');
    for (const copy of copies.splice(0)) await copy.stop();
    const broken = await start({ 'x.v1': () => fail(new TypeError('it is broken')) });
    await collect('j.5', 50);
    const before = await settled(enrichedTopic(2).name);
    await broken.stop();
    expect(refusedIn(before)).toHaveLength(50);

    copies.push(await start());
    const third = enrichedTopic(3).name;
    await tell('GenerationStarted', { generation: 3, enriched: third, fromRaw: true });
    const after = await settled(third);
    expect(refusedIn(after)).toEqual([]);
    expect(isComplete(after)).toBe(true);
  });

  it('lets a topic go that disappears while it is being filled', async () => {
    const third = enrichedTopic(3).name;
    const adding = collect('j.6', 2_000);
    await tell('GenerationDropped', { generation: 3, enriched: third });
    await deleteTopic(kafka, third);
    await adding;
    await collect('j.7', 200);
    expect(different(await settled(enrichedTopic(2).name))).toBe(await rawRecords());
    expect(await kafka.admin((admin) => admin.listTopics())).not.toContain(third);
  });

  it('tells what it does in its metrics', async () => {
    const port = copies[0]?.port;
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toMatch(/murmuration_enrich_rejections_total\{reason="too_large"[^}]*\} 0/);
    expect(text).toMatch(/murmuration_enrich_rejections_total\{reason="json"[^}]*\} [1-9]/);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });
});
