import { Backoff, isTransient, type Patience } from './backoff.js';
import { type Kafka } from './kafka.js';
import {
  type Broker,
  type Cluster,
  decodeProduceAnswer,
  errorOfCode,
  loadTopics,
  type ProduceAnswer,
  type ProtocolCall,
} from './kafkajs-internals.js';
import { type Compression, encodeProduce, type PartitionBatch, type SizedRecord } from './record-encoder.js';

const PRODUCE = 0;
const VERSION = 7;
const TIMEOUT_MS = 30_000;
/** A request's buffer up to this size is used again: fresh memory costs four times the writing. */
const KEPT_BUFFER = 16 * 1024 * 1024;
const SEQUENCES = 2 ** 31;

/** The records of one partition in a send. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly SizedRecord[];
}

export interface SessionOptions {
  readonly compression: Compression;
  readonly patience: Patience;
  readonly now: () => number;
}

interface Numbered extends PartitionBatch {
  readonly index: number;
}

/**
 * The idempotent protocol towards the brokers: a producer id, a sequence per partition, and a send repeated under the
 * same sequences until each partition has acknowledged it. Only one send at a time: with two, kafkajs' own producer
 * (which this replaces) gives the sequence of a lost answer to the next send, and that one is never written.
 */
export class ProduceSession {
  readonly #cluster: Cluster;
  readonly #sequences = new Map<string, number>();
  readonly #buffers = new WeakMap<Broker, Buffer>();
  #producer: { id: bigint; epoch: number } | null = null;

  constructor(
    kafka: Kafka,
    private readonly options: SessionOptions,
  ) {
    this.#cluster = kafka.cluster();
  }

  async open(): Promise<void> {
    await this.#withPatience(async () => {
      await this.#cluster.connect();
      await this.#cluster.refreshMetadata();
      const broker = await this.#cluster.findControllerBroker();
      const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: TIMEOUT_MS });
      this.#producer = { id: BigInt(producerId), epoch: producerEpoch };
    });
  }

  close(): Promise<void> {
    return this.#cluster.disconnect();
  }

  /**
   * @returns the base offset of each element of `work`, once all are acknowledged by all in-sync replicas.
   * @throws the last error when patience ends, or one that trying again does not mend.
   */
  async send(work: readonly PartitionRecords[]): Promise<number[]> {
    const offsets = Array.from<number>({ length: work.length });
    let left: Numbered[] = work.map((part, index) => ({
      ...part,
      index,
      firstSequence: this.#sequences.get(placeOf(part)) ?? 0,
    }));
    await this.#withPatience(async () => {
      await loadTopics(this.#cluster, [...new Set(left.map(({ topic }) => topic))]);
      const attempts = await Promise.allSettled(
        [...this.#byLeader(left)].map(([nodeId, batches]) => this.#sendTo(nodeId, batches, offsets)),
      );
      left = left.filter(({ index }) => offsets[index] === undefined);
      const failed = attempts.filter((attempt) => attempt.status === 'rejected');
      const failure = failed.find(({ reason }) => !isTransient(reason)) ?? failed[0];
      if (failure) throw failure.reason;
    });
    return offsets;
  }

  /** Only records that nobody has acknowledged are sent again, under the sequences they had. */
  async #sendTo(nodeId: string, batches: readonly Numbered[], offsets: number[]): Promise<void> {
    const broker = await this.#cluster.findBroker({ nodeId });
    const answer = await this.#request(broker, batches).catch(async (error: unknown) => {
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
      throw error;
    });
    const answered = new Map<string, { errorCode: number; baseOffset: string }>();
    for (const { topicName: topic, partitions } of answer.topics) {
      for (const part of partitions) answered.set(placeOf({ topic, partition: part.partition }), part);
    }
    let failure: Error | null = null;
    for (const batch of batches) {
      const place = placeOf(batch);
      const part = answered.get(place);
      if (part?.errorCode === 0) {
        offsets[batch.index] = Number(part.baseOffset);
        this.#sequences.set(place, (batch.firstSequence + batch.records.length) % SEQUENCES);
      } else {
        const error = part ? errorOfCode(part.errorCode) : new Error(`No answer for ${place}`);
        if (!failure || !isTransient(error)) failure = error;
      }
    }
    if (failure) throw failure;
  }

  async #request(broker: Broker, batches: readonly PartitionBatch[]): Promise<ProduceAnswer> {
    const producer = this.#producer;
    if (!producer) throw new Error('The session is not open.');
    const { compression } = this.options;
    let buffer = this.#buffers.get(broker);
    // After a failure the socket may still hold the old bytes: that buffer is not written again.
    this.#buffers.delete(broker);
    const allocate = (size: number): Buffer => {
      if (!buffer || buffer.length < size) buffer = Buffer.allocUnsafeSlow(size);
      return buffer;
    };
    const call: ProtocolCall<ProduceAnswer> = {
      request: {
        apiKey: PRODUCE,
        apiVersion: VERSION,
        apiName: 'Produce',
        encode: () => Promise.reject(new Error('encodeFramed is to be used')),
        encodeFramed: ({ correlationId, clientId }) =>
          encodeProduce(
            {
              correlationId,
              clientId,
              apiVersion: VERSION,
              timeout: TIMEOUT_MS,
              producerId: producer.id,
              producerEpoch: producer.epoch,
              compression,
              batches,
            },
            allocate,
          ),
      },
      response: { decode: decodeProduceAnswer, parse: (answer) => Promise.resolve(answer) },
    };
    const answer = await broker.connectionPool.send(call);
    if (buffer && buffer.length <= KEPT_BUFFER) this.#buffers.set(broker, buffer);
    return answer;
  }

  #byLeader(batches: readonly Numbered[]): Map<string, Numbered[]> {
    const byLeader = new Map<string, Numbered[]>();
    const leaders = new Map<string, number>();
    for (const topic of new Set(batches.map((batch) => batch.topic))) {
      for (const { partitionId, leader } of this.#cluster.findTopicPartitionMetadata(topic)) {
        leaders.set(placeOf({ topic, partition: partitionId }), leader);
      }
    }
    for (const batch of batches) {
      const leader = leaders.get(placeOf(batch));
      if (leader === undefined) throw new TypeError(`There is no partition ${placeOf(batch)}.`);
      const known = byLeader.get(String(leader));
      if (known) known.push(batch);
      else byLeader.set(String(leader), [batch]);
    }
    return byLeader;
  }

  async #withPatience(attempt: () => Promise<void>): Promise<void> {
    const backoff = new Backoff(this.options.patience, this.options.now);
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (!isTransient(error)) throw error;
        await backoff.pause(error);
        await this.#reconnect();
      }
    }
  }

  /** Leaders may have moved. That nobody answers yet is what the next attempt finds out. */
  async #reconnect(): Promise<void> {
    try {
      await this.#cluster.connect();
      await this.#cluster.refreshMetadata();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
}

const placeOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;
