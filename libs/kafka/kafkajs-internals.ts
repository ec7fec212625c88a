/**
 * The parts of kafkajs 2.2.4 that its own API does not show, with types. kafkajs is no longer maintained and pinned
 * exactly, so these paths do not move. What is patched, and why: `patch-kafkajs.ts`.
 */
import { createRequire } from 'node:module';

import { type Kafka } from 'kafkajs';

const require = createRequire(import.meta.url);

export interface ProtocolRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  expectResponse?(): boolean;
  encode(): Promise<unknown>;
  /** Ours: the bytes of the whole request, frame included. */
  encodeFramed?(frame: { correlationId: number; clientId: string }): Promise<Buffer>;
}

export interface ProtocolResponse<T> {
  decode(bytes: Buffer): Promise<T>;
  parse(decoded: T): Promise<T>;
}

export interface ProtocolCall<T> {
  readonly request: ProtocolRequest;
  readonly response: ProtocolResponse<T>;
  readonly requestTimeout?: number;
  readonly logResponseError?: boolean;
}

export interface RequestEntry {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly correlationId: number;
  resolve(answer: { payload: Buffer }): void;
  reject(error: unknown): void;
}

export interface Connection {
  readonly clientId: string;
  socket: { readonly destroyed: boolean; write(bytes: Buffer): void } | undefined;
  readonly requestQueue: {
    push(pushed: {
      entry: RequestEntry;
      expectResponse: boolean;
      requestTimeout: number | null;
      sendRequest: () => void;
    }): void;
    maybeThrottle(ms: number | undefined): void;
  };
  isAuthenticated(): boolean;
  isConnected(): boolean;
  authenticate(): Promise<void>;
  failIfNotConnected(): void;
  nextCorrelationId(): number;
  connect: (this: Connection) => Promise<boolean>;
  disconnect: (this: Connection) => Promise<boolean>;
  send: <T>(call: ProtocolCall<T>) => Promise<T>;
}

export interface FetchTopic {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly fetchOffset: string;
    readonly maxBytes: number;
  }[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly abortedTransactions: readonly { producerId: string; firstOffset: string }[];
  readonly preferredReadReplica: number;
  readonly messages: readonly unknown[];
}

export interface FetchAnswer {
  readonly clientSideThrottleTime: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

export interface FetchOptions {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly FetchTopic[];
  readonly isolationLevel?: number;
  readonly rackId?: string;
}

export interface Broker {
  readonly nodeId: number;
  readonly connectionPool: { send<T>(call: ProtocolCall<T>): Promise<T> };
  disconnect(): Promise<void>;
  fetch(options: FetchOptions): Promise<FetchAnswer>;
  initProducerId(options: object): Promise<{ producerId: string; producerEpoch: number }>;
}

export interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
}

export interface Cluster {
  /** What it asks metadata for: everything it was ever asked for, also topics that are deleted by now. */
  targetTopics: Set<string>;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(options: { nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  removeBroker(address: { host: string; port: number }): void;
  fetchTopicsOffset(
    topics: readonly {
      topic: string;
      partitions: readonly { partition: number }[];
      fromBeginning: boolean;
    }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

export interface ProduceAnswer {
  readonly clientSideThrottleTime?: number;
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { partition: number; errorCode: number; baseOffset: string }[];
  }[];
}

interface Prototyped<T> {
  readonly prototype: T;
}

export interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

export interface OffsetManager {
  setDefaultOffset(place: { topic: string; partition: number }): Promise<void>;
}

export interface ConsumerGroup {
  readonly cluster: object;
  memberId: string | null;
  connect: (this: ConsumerGroup) => Promise<void>;
  joinAndSync: (this: ConsumerGroup) => Promise<void>;
  leave: (this: ConsumerGroup) => Promise<void>;
}

const load = <T>(path: string): T => require(`kafkajs/${path}`) as T;

export const kafkajsVersion = load<{ version: string }>('package.json').version;
export const connection = load<Prototyped<Connection>>('src/network/connection.js');
export const requestQueue = load<Prototyped<RequestQueue>>('src/network/requestQueue/index.js');
export const offsetManager = load<Prototyped<OffsetManager>>('src/consumer/offsetManager/index.js');
export const consumerGroup = load<Prototyped<ConsumerGroup>>('src/consumer/consumerGroup.js');
/** Throws the error of the first partition that has one. */
export const parseFetch = load<{ parse: (answer: FetchAnswer) => Promise<FetchAnswer> }>(
  'src/protocol/requests/fetch/v11/response.js',
).parse;
export const decodeProduceAnswer = load<{ decode: (bytes: Buffer) => Promise<ProduceAnswer> }>(
  'src/protocol/requests/produce/v7/response.js',
).decode;
export const errorOfCode = load<{ createErrorFromCode: (code: number) => Error }>(
  'src/protocol/error.js',
).createErrorFromCode;

export interface ClusterOptions {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}

/**
 * Loads the metadata of a topic. kafkajs asks for all topics that it ever heard of, in one request that fails as a whole
 * when one of them is deleted: then those are forgotten.
 * @throws UNKNOWN_TOPIC_OR_PARTITION when it is this one that does not exist.
 */
export async function loadTopics(cluster: Cluster, topics: readonly string[]): Promise<void> {
  try {
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadataIfNecessary();
  } catch (error) {
    const hasOthers = [...cluster.targetTopics].some((topic) => !topics.includes(topic));
    if (!isUnknownTopic(error) || !hasOthers) throw error;
    cluster.targetTopics = new Set();
    await cluster.addMultipleTargetTopics(topics);
  }
}

const isUnknownTopic = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'type' in error &&
  error.type === 'UNKNOWN_TOPIC_OR_PARTITION';

/** A connection pool with metadata of its own, made as the client makes those of its producers and consumers. */
export function createCluster(client: Kafka, options: ClusterOptions): Cluster {
  const key = Object.getOwnPropertySymbols(client).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  if (!key) throw new Error('kafkajs hides its clusters otherwise than 2.2.4 does.');
  const factory = Object.getOwnPropertyDescriptor(client, key)?.value as (options: ClusterOptions) => Cluster;
  return factory(options);
}
