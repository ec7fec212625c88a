import { randomUUID } from 'node:crypto';

import {
  type Batch,
  BatchConsumer,
  type BatchConsumerOptions,
  createKafka,
  type Kafka,
  LogReader,
  type LogRecord,
  Producer,
  type ProducerOptions,
  type TopicDeclaration,
} from '#libs/kafka';

/** Collects what a test opens, and closes it in the end. */
export class Fixture {
  readonly kafka: Kafka;
  readonly #open: (() => Promise<unknown>)[] = [];

  constructor(readonly address: string) {
    this.kafka = this.client(address);
  }

  client(address: string): Kafka {
    return createKafka({ brokers: [address], clientId: 'contract' });
  }

  async topic(partitions = 1, configs: Record<string, string> = {}): Promise<string> {
    const topic = `contract.${randomUUID()}`;
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await this.kafka.admin((admin) =>
      admin.createTopics({
        topics: [{ topic, numPartitions: partitions, configEntries }],
        waitForLeaders: true,
      }),
    );
    return topic;
  }

  async producer(kafka = this.kafka, options: Partial<ProducerOptions> = {}): Promise<Producer> {
    const producer = new Producer(kafka, { onFatal: () => undefined, ...options });
    this.#open.push(() => producer.close());
    await producer.open();
    return producer;
  }

  reader(kafka = this.kafka): LogReader {
    const reader = new LogReader(kafka);
    this.#open.push(() => reader.close());
    return reader;
  }

  async consumer(
    options: Omit<BatchConsumerOptions, 'group'> & { group?: string },
    kafka = this.kafka,
  ): Promise<BatchConsumer> {
    const consumer = new BatchConsumer(kafka, { group: `contract.${randomUUID()}`, ...options });
    this.#open.push(() => consumer.stop());
    await consumer.start();
    return consumer;
  }

  defer(close: () => Promise<unknown>): void {
    this.#open.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0).toReversed()) await close();
  }
}

/** As many records for a partition as values. */
export const records = (topic: string, partition: number, values: readonly string[]) =>
  values.map((value) => ({ topic, partition, key: null, value }));

export const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

export const valueOf = ({ value }: LogRecord) => value?.toString() ?? null;

/** What is in a topic, by partition. */
export async function contents(reader: LogReader, topic: string): Promise<Record<number, (string | null)[]>> {
  const found: Record<number, (string | null)[]> = {};
  for await (const { partition, messages } of reader.readAll(topic)) {
    (found[partition] ??= []).push(...messages.map(valueOf));
  }
  return found;
}

/** A handler that keeps what it got. */
export function collector() {
  const values: (string | null)[] = [];
  const offsets: number[] = [];
  const handler = (batch: Batch): Promise<void> => {
    values.push(...batch.messages.map(valueOf));
    offsets.push(...batch.messages.map(({ offset }) => offset));
    return Promise.resolve();
  };
  return { values, offsets, handler };
}

/** A promise that is settled from outside. */
export function latch<T = void>(): { promise: Promise<T>; release: (value: T) => void } {
  let release: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (release = resolve));
  return { promise, release };
}

export const declaration = (configs: Record<string, string> = {}): TopicDeclaration => ({
  name: `contract.${randomUUID()}`,
  partitions: 3,
  configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'max.message.bytes': '16777216', ...configs },
});
