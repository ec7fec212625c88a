import { Backoff, defaultPatience, isTransient, type Patience } from './backoff.js';
import { OffsetOutOfRangeError } from './errors.js';
import { FetchedRecord } from './fetched-record.js';
import { type Kafka } from './kafka.js';
import { type Cluster, type FetchTopic, loadTopics } from './kafkajs-internals.js';
import { type LogBatch } from './record.js';

/** What a partition holds: the first offset, and the one after the last that consumers may see. */
export interface PartitionOffsets {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

export interface FetchSizes {
  /** Bytes of one answer, and of one partition in it. */
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

/** The fastest here: larger answers wait longer for their bytes and leave the caches. */
export const defaultFetchSizes: FetchSizes = { maxBytes: 2 * 1024 * 1024, maxBytesPerPartition: 1024 * 1024 };

export interface FetchPlan extends FetchSizes {
  readonly topic: string;
  /** Where to read, by partition. */
  readonly positions: ReadonlyMap<number, number>;
  readonly maxWaitMs: number;
}

/**
 * One connection to the brokers for reading without a group. Brokers answer the requests of a connection one after the
 * other, so a long poll needs a client of its own.
 */
export class LogClient {
  readonly #cluster: Cluster;
  #connected = false;
  #turn = 0;

  constructor(
    kafka: Kafka,
    private readonly patience: Patience = defaultPatience,
    private readonly now: () => number = Date.now,
  ) {
    this.#cluster = kafka.cluster();
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#cluster.disconnect();
  }

  /** Partition numbers, ascending. Throws kafkajs' UNKNOWN_TOPIC_OR_PARTITION when there is no such topic in time. */
  partitions(topic: string): Promise<number[]> {
    return this.retry(async () => {
      await this.#load(topic);
      return this.#cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => partitionId)
        .toSorted((a, b) => a - b);
    });
  }

  offsets(topic: string): Promise<PartitionOffsets[]> {
    return this.retry(async () => {
      await this.#load(topic);
      const partitions = this.#cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId: partition }) => ({ partition }));
      // Low first: a retention that runs in between must not make high smaller than low.
      const low = await this.#listOffsets(topic, partitions, true);
      const high = await this.#listOffsets(topic, partitions, false);
      return [...low]
        .map(([partition, from]) => ({ partition, low: from, high: high.get(partition) ?? from }))
        .toSorted((a, b) => a.partition - b.partition);
    });
  }

  /** The brokers that lead the partitions, each with those it leads. */
  leaders(topic: string, partitions: Iterable<number>): Promise<Map<number, number[]>> {
    return this.retry(async () => {
      await this.#load(topic);
      const wanted = new Set(partitions);
      const leaders = new Map<number, number[]>();
      for (const { partitionId, leader } of this.#cluster.findTopicPartitionMetadata(topic)) {
        if (!wanted.delete(partitionId)) continue;
        const led = leaders.get(leader);
        if (led) led.push(partitionId);
        else leaders.set(leader, [partitionId]);
      }
      if (wanted.size > 0) throw new TypeError(`${topic} has no partition ${[...wanted].join(', ')}.`);
      return leaders;
    });
  }

  /**
   * One fetch from one leader; partitions without news are left out. Does not retry.
   * @throws OffsetOutOfRangeError
   */
  async fetch(leader: number, plan: FetchPlan): Promise<LogBatch[]> {
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) });
    const { responses } = await broker
      .fetch({
        maxWaitTime: plan.maxWaitMs,
        minBytes: 1,
        maxBytes: plan.maxBytes,
        topics: [fetchTopic(plan, this.#turn++)],
      })
      .catch((error: unknown) => {
        throw typed(error, plan);
      });
    const batches: LogBatch[] = [];
    for (const { partitions } of responses) {
      for (const { partition, highWatermark, messages } of partitions) {
        const from = plan.positions.get(partition) ?? 0;
        const batch = toBatch(
          { topic: plan.topic, partition, highWatermark: Number(highWatermark) },
          from,
          messages,
        );
        if (batch) batches.push(batch);
      }
    }
    return batches;
  }

  /** Repeats what fails transiently, with fresh metadata, until patience ends. */
  async retry<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const backoff = new Backoff(this.patience, this.now);
    for (;;) {
      try {
        if (!this.#connected) await this.#cluster.connect();
        this.#connected = true;
        return await attempt();
      } catch (error) {
        if (!isTransient(error)) throw error;
        await backoff.pause(error, signal);
        await this.refresh();
      }
    }
  }

  async refresh(): Promise<void> {
    try {
      await this.#cluster.connect();
      await this.#cluster.refreshMetadata();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }

  #load(topic: string): Promise<void> {
    return loadTopics(this.#cluster, [topic]);
  }

  async #listOffsets(
    topic: string,
    partitions: readonly { partition: number }[],
    fromBeginning: boolean,
  ): Promise<Map<number, number>> {
    const answers = await this.#cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]);
    return new Map(
      answers.flatMap((answer) =>
        answer.partitions.map(({ partition, offset }) => [partition, Number(offset)] as const),
      ),
    );
  }
}

/** A broker fills its answer in the order asked for: each time another partition comes first, so none starves. */
function fetchTopic({ topic, positions, maxBytesPerPartition }: FetchPlan, turn: number): FetchTopic {
  const partitions = [...positions].map(([partition, offset]) => ({
    partition,
    fetchOffset: String(offset),
    maxBytes: maxBytesPerPartition,
  }));
  const first = turn % Math.max(1, partitions.length);
  return { topic, partitions: [...partitions.slice(first), ...partitions.slice(0, first)] };
}

/** The records from `from` on; null when there is nothing new, not even a gap. */
export function toBatch(
  place: Pick<LogBatch, 'topic' | 'partition' | 'highWatermark'>,
  from: number,
  fetched: readonly unknown[],
): LogBatch | null {
  const messages: FetchedRecord[] = [];
  let next = from;
  for (const record of fetched as readonly { offset: number; isGap: boolean }[]) {
    // A compressed batch comes whole, though reading begins in its middle.
    if (record.offset < from) continue;
    next = record.offset + 1;
    if (record instanceof FetchedRecord) messages.push(record);
  }
  return next === from ? null : { ...place, messages, next };
}

function typed(error: unknown, { topic, positions }: FetchPlan): unknown {
  if (!(error instanceof Error) || error.name !== 'KafkaJSOffsetOutOfRange') return error;
  const partition = 'partition' in error ? Number(error.partition) : -1;
  return new OffsetOutOfRangeError(topic, partition, positions.get(partition) ?? -1);
}
