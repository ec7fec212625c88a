import kafkajs, { type Consumer, type ConsumerCrashEvent, type EachBatchPayload } from 'kafkajs';

import { type AssignedPartitions, Assignment } from './assignment.js';
import { Backoff, defaultPatience, isTransient, type Patience } from './backoff.js';
import { LogMismatchError, NotYetError, StaleBatchError } from './errors.js';
import { type Kafka } from './kafka.js';
import { defaultFetchSizes, type FetchSizes, LogClient, toBatch } from './log-client.js';
import { OutOfRange } from './patch-kafkajs.js';
import { CommittedPositions, type PositionStore } from './positions.js';
import { type LogBatch } from './record.js';

/** What a handler gets: consecutive records of one partition. */
export interface Batch extends LogBatch {
  /** Whether the partition went to somebody else since the batch was read: do not write what follows from it. */
  isStale(): boolean;
  /** Tells the group that this member lives. Done by itself while the handler runs; for one that blocks for long. */
  heartbeat(): Promise<void>;
}

export interface ConsumerTopic {
  readonly topic: string;
  /** Where the handler's store stands; without it, offsets are committed in Kafka after the handler resolved. */
  readonly positions?: PositionStore | undefined;
}

export interface BatchConsumerOptions {
  readonly group: string;
  readonly topics: readonly ConsumerTopic[];
  /**
   * Resolves when the batch is done for good. A rejection ends the consumer, its offset unmoved; `StaleBatchError`
   * makes it load the position anew and go on.
   */
  readonly handler: (batch: Batch) => Promise<void>;
  /** Batches of different partitions handled at the same time (1). */
  readonly concurrency?: number;
  readonly fetchSizes?: FetchSizes;
  /** Called after each join, when positions are loaded. */
  readonly onAssigned?: (partitions: AssignedPartitions) => void;
  /** Milliseconds without a heartbeat after which the group goes on without this member (10,000). */
  readonly sessionTimeoutMs?: number;
  readonly patience?: Patience;
  readonly now?: () => number;
}

/** Also how long the partitions of a killed process stay unread. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 1_000;
const LONG_POLL_MS = 500;
const REBALANCE_MS = 60_000;
/** How long leaving the group politely may take. */
const LEAVING_MS = 10_000;

const fencedOff = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);

/**
 * A member of a consumer group that hands out batches: in order within a partition, each from where its store stands.
 * kafkajs' own idea of the position is never trusted: it fetches before positions are known, and starts anywhere after
 * an error; so each batch is compared with the position and, where it begins elsewhere, fetched again from there.
 */
export class BatchConsumer {
  /** Resolves after `stop`; rejects with what ended the consumer: the handler's own error, or `LogMismatchError`. */
  readonly closed: Promise<void>;
  readonly #consumer: Consumer;
  readonly #log: LogClient;
  readonly #stores: ReadonlyMap<string, PositionStore>;
  readonly #sessionMs: number;
  readonly #now: () => number;
  readonly #patience: Patience;
  #assignment: Assignment | null = null;
  #loaded: Promise<void> = Promise.resolve();
  #troubleSince: number | null = null;
  #failure: Error | null = null;
  #stopping = false;
  #settle: (error: Error | null) => void = () => undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: BatchConsumerOptions,
  ) {
    const { group, topics, fetchSizes = defaultFetchSizes, sessionTimeoutMs = SESSION_MS } = options;
    this.#sessionMs = sessionTimeoutMs;
    this.#now = options.now ?? Date.now;
    this.#patience = options.patience ?? defaultPatience;
    this.#log = new LogClient(kafka, this.#patience, this.#now);
    const committed = new CommittedPositions(kafka, group);
    this.#stores = new Map(topics.map(({ topic, positions }) => [topic, positions ?? committed]));
    this.closed = new Promise((resolve, reject) => {
      this.#settle = (error) => (error ? reject(error) : resolve());
    });
    this.closed.catch(() => undefined);
    this.#consumer = kafka.client.consumer({
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: REBALANCE_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: LONG_POLL_MS,
      maxBytes: fetchSizes.maxBytes,
      maxBytesPerPartition: fetchSizes.maxBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(this.#mayRestart()) },
    });
  }

  /** The partitions of this member, by topic; empty while the group gathers. */
  get assigned(): AssignedPartitions {
    return this.#assignment?.partitions ?? {};
  }

  /** Joins the group. Throws when no broker answers in time or a topic is missing. */
  async start(): Promise<void> {
    const { GROUP_JOIN, HEARTBEAT, CRASH } = this.#consumer.events;
    this.#consumer.on(HEARTBEAT, () => {
      if (this.#assignment) this.#assignment.heardAt = this.#now();
    });
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment));
    this.#consumer.on(CRASH, (event) => this.#crashed(event));
    const backoff = new Backoff(this.#patience, this.#now);
    for (let connected = false; !connected;) {
      try {
        await this.#consumer.connect();
        await this.#consumer.subscribe({ topics: [...this.#stores.keys()], fromBeginning: true });
        connected = true;
      } catch (error) {
        if (!isTransient(error)) throw error;
        await backoff.pause(error);
      }
    }
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.concurrency ?? 1,
      eachBatch: (payload) => this.#take(payload),
    });
  }

  /** Waits for the handlers that run, then leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#leave();
    this.#settle(null);
  }

  async #leave(): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, LEAVING_MS).unref();
    });
    const left = this.#consumer.disconnect().then(() => this.#log.close());
    await Promise.race([left, late]).finally(() => clearTimeout(deadline));
  }

  /** kafkajs does not wait for this: what it fetches meanwhile waits for `#loaded`. */
  #joined(partitions: AssignedPartitions): void {
    const assignment = new Assignment(partitions, this.#log, (topic) => this.#storeOf(topic), this.#now());
    this.#assignment = assignment;
    this.#troubleSince = null;
    this.#loaded = assignment.load();
    this.#loaded.then(
      () => {
        if (assignment === this.#assignment) this.options.onAssigned?.(partitions);
      },
      (error: unknown) => {
        this.#note(error);
        void this.#leave().finally(() => this.#settle(this.#failure));
      },
    );
  }

  async #take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, highWatermark, messages } = payload.batch;
    await this.#loaded.catch(() => undefined);
    if (this.#failure) throw new kafkajs.KafkaJSNonRetriableError('The consumer failed.');
    const assignment = this.#assignment;
    const next = assignment?.open(topic, partition);
    if (!assignment || next === undefined) return;
    if (fetchedFrom(payload) !== next) {
      this.#seek(topic, partition, next);
      return;
    }
    const batch = toBatch({ topic, partition, highWatermark: Number(highWatermark) }, next, messages);
    if (!batch) return;
    const done = batch.messages.length === 0 || (await this.#handle(batch, payload, assignment));
    if (!done || this.#isStale(assignment)) return;
    assignment.advance(topic, partition, batch.next);
    payload.resolveOffset(String(batch.next - 1));
    if (this.#storeOf(topic) instanceof CommittedPositions) await this.#commit(payload, batch);
  }

  /** @returns false when the handler found the batch stale. */
  async #handle(batch: LogBatch, payload: EachBatchPayload, assignment: Assignment): Promise<boolean> {
    const beat = () => heartbeat(payload, assignment);
    const timer = setInterval(() => void beat(), HEARTBEAT_MS);
    try {
      await this.options.handler({ ...batch, isStale: () => this.#isStale(assignment), heartbeat: beat });
      return true;
    } catch (error) {
      const isLater = error instanceof NotYetError;
      if (!isLater && !(error instanceof StaleBatchError)) return this.#fail(error);
      const { topic, partition } = batch;
      const before = assignment.next(topic, partition);
      const next = await this.#guard(assignment.reload(topic, partition));
      if (next === before && !isLater && !this.#isStale(assignment)) return this.#fail(error);
      this.#seek(topic, partition, next);
      return false;
    } finally {
      clearInterval(timer);
    }
  }

  async #commit(payload: EachBatchPayload, { topic, partition, next }: LogBatch): Promise<void> {
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
    });
  }

  #seek(topic: string, partition: number, next: number): void {
    if (!this.#stopping) this.#consumer.seek({ topic, partition, offset: String(next) });
  }

  #isStale(assignment: Assignment): boolean {
    const silent = this.#now() - assignment.heardAt > this.#sessionMs;
    return assignment !== this.#assignment || assignment.lost || silent;
  }

  #storeOf(topic: string): PositionStore {
    const store = this.#stores.get(topic);
    if (!store) throw new TypeError(`${topic} is not subscribed.`);
    return store;
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Ends the consumer. Thrown towards kafkajs without the cause, whose own mark could make kafkajs retry. */
  #fail(error: unknown): never {
    this.#note(error);
    throw new kafkajs.KafkaJSNonRetriableError('The consumer failed.');
  }

  #note(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    const { group } = this.options;
    this.kafka.logger?.warn({ group, err: this.#failure }, 'consumer ends');
    // Should kafkajs not come to an end, the process has to know all the same.
    setTimeout(() => this.#settle(this.#failure), LEAVING_MS).unref();
  }

  #mayRestart(): boolean {
    if (this.#failure || this.#stopping) return false;
    this.#troubleSince ??= this.#now();
    return this.#now() - this.#troubleSince < this.#patience.total;
  }

  #crashed({ payload }: ConsumerCrashEvent): void {
    if (payload.restart) return;
    this.#log.close().catch(() => undefined);
    this.#settle(this.#failure ?? this.#causeOf(payload.error));
  }

  #causeOf(error: Error): Error {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      if (cause instanceof OutOfRange) {
        const { topic, partition } = cause;
        return new LogMismatchError(topic, partition, this.#assignment?.next(topic, partition) ?? -1, null);
      }
    }
    return error;
  }
}

/** kafkajs' types leave it out: the offset that the fetch asked for, which a gap does not blur. */
function fetchedFrom({ batch }: EachBatchPayload): number {
  return 'fetchedOffset' in batch ? Number(batch.fetchedOffset) : Number(batch.firstOffset());
}

/** What the answer means for the assignment; other failures are kafkajs' to mend after the batch. */
async function heartbeat(payload: EachBatchPayload, assignment: Assignment): Promise<void> {
  try {
    await payload.heartbeat();
  } catch (error) {
    const type = error instanceof Error && 'type' in error ? String(error.type) : '';
    if (type === 'REBALANCE_IN_PROGRESS') assignment.rebalancing = true;
    if (fencedOff.has(type)) assignment.lost = true;
  }
}
