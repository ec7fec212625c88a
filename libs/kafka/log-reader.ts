import { Backoff, defaultPatience, isTransient, type Patience } from './backoff.js';
import { OffsetOutOfRangeError } from './errors.js';
import { type Kafka } from './kafka.js';
import { defaultFetchSizes, LogClient, type PartitionOffsets } from './log-client.js';
import { type LogBatch, type LogRecord } from './record.js';

export interface TailOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
}

export interface LogReaderOptions {
  readonly patience?: Patience;
  readonly now?: () => number;
}

/** How long a broker holds an answer back when there is nothing new. */
const LONG_POLL_MS = 1_000;

/** A new position per partition to read from. */
export type Positions = ReadonlyMap<number, number>;

/** Reads topics without a group: single records, what is there, and what comes. Survives brokers that restart. */
export class LogReader {
  readonly #client: LogClient;
  readonly #patience: Patience;
  readonly #now: () => number;

  constructor(
    private readonly kafka: Kafka,
    { patience = defaultPatience, now = Date.now }: LogReaderOptions = {},
  ) {
    this.#patience = patience;
    this.#now = now;
    this.#client = new LogClient(kafka, patience, now);
  }

  /** Closes the connection of `read` and `offsets`; running tails end by their signal. */
  close(): Promise<void> {
    return this.#client.close();
  }

  /** First and next offset of each partition, ascending by partition. */
  offsets(topic: string): Promise<PartitionOffsets[]> {
    return this.#client.offsets(topic);
  }

  /** @returns the record, or null where that offset holds none (any more, or yet). */
  read(topic: string, partition: number, offset: number | bigint): Promise<LogRecord | null> {
    const at = Number(offset);
    return this.#client.retry(async () => {
      const [leader] = (await this.#client.leaders(topic, [partition])).keys();
      if (leader === undefined) return null;
      try {
        const [batch] = await this.#client.fetch(leader, {
          topic,
          positions: new Map([[partition, at]]),
          maxWaitMs: 0,
          // The first batch comes whole, whatever the limit.
          maxBytes: 1,
          maxBytesPerPartition: 1,
        });
        return batch?.messages.find((record) => record.offset === at) ?? null;
      } catch (error) {
        if (error instanceof OffsetOutOfRangeError) return null;
        throw error;
      }
    });
  }

  /**
   * What is in the topic now, batch by batch; within a partition in order. Records that come while it runs are left out.
   * @param partitions by default all.
   */
  async *readAll(
    topic: string,
    partitions?: readonly number[],
    { signal }: TailOptions = {},
  ): AsyncGenerator<LogBatch, void, undefined> {
    const ends = new Map<number, number>();
    const from = new Map<number, number>();
    for (const { partition, low, high } of await this.offsets(topic)) {
      if (low >= high || (partitions && !partitions.includes(partition))) continue;
      ends.set(partition, high);
      from.set(partition, low);
    }
    if (ends.size === 0) return;
    for await (const batch of this.#follow(topic, from, { ends, signal })) {
      const end = ends.get(batch.partition) ?? 0;
      const messages =
        batch.next > end ? batch.messages.filter(({ offset }) => offset < end) : batch.messages;
      if (messages.length > 0) yield { ...batch, messages, next: Math.min(batch.next, end) };
    }
  }

  /**
   * What is in the topic from the given positions on, then what comes, until the signal aborts. A batch may hold no
   * message where compaction left a gap; its `next` counts all the same.
   * @param from next offset per partition; partitions not named are not read.
   * @throws OffsetOutOfRangeError when the log does not hold a position (any more).
   */
  tail(
    topic: string,
    from: Positions,
    { signal }: TailOptions = {},
  ): AsyncGenerator<LogBatch, void, undefined> {
    return this.#follow(topic, from, { signal });
  }

  async *#follow(
    topic: string,
    from: Positions,
    { ends, signal }: { ends?: Positions | undefined; signal?: AbortSignal | undefined },
  ): AsyncGenerator<LogBatch, void, undefined> {
    const client = new LogClient(this.kafka, this.#patience, this.#now);
    const follower = new Follower(client, topic, from, ends);
    const backoff = new Backoff(this.#patience, this.#now);
    try {
      while (!follower.done && !signal?.aborted) {
        const batches = await follower.next(signal).catch(async (error: unknown) => {
          if (signal?.aborted) return [];
          if (!isTransient(error)) throw error;
          await pause(backoff, error, signal);
          await follower.restart();
          return null;
        });
        if (!batches) continue;
        backoff.reset();
        yield* batches;
      }
    } finally {
      // Not awaited: a long poll may still be under way, and its answer interests nobody.
      client.close().catch(() => undefined);
    }
  }
}

interface Fetched {
  readonly leader: number;
  readonly partitions: readonly number[];
  readonly batches: readonly LogBatch[];
}

/** One fetch under way per leader; the next one is asked for before its records are handed out. */
class Follower {
  readonly #positions: Map<number, number>;
  readonly #fetches = new Map<number, Promise<Fetched>>();

  constructor(
    private readonly client: LogClient,
    private readonly topic: string,
    from: Positions,
    private readonly ends: Positions | undefined,
  ) {
    this.#positions = new Map(from);
  }

  get done(): boolean {
    return this.#positions.size === 0;
  }

  async next(signal: AbortSignal | undefined): Promise<readonly LogBatch[]> {
    if (this.#fetches.size === 0) await this.#fetchAll(signal);
    const { leader, partitions, batches } = await abortable(Promise.race(this.#fetches.values()), signal);
    this.#fetches.delete(leader);
    for (const { partition, next } of batches) {
      if (next < (this.ends?.get(partition) ?? Infinity)) this.#positions.set(partition, next);
      else this.#positions.delete(partition);
    }
    // Compaction may have emptied the end: where a broker with an end to reach has nothing, there is nothing.
    if (this.ends && batches.length === 0)
      for (const partition of partitions) this.#positions.delete(partition);
    const rest = partitions.filter((partition) => this.#positions.has(partition));
    if (rest.length > 0) this.#fetch(leader, rest);
    return batches;
  }

  /** After a failure: forgets what is under way; leaders may have moved. */
  async restart(): Promise<void> {
    for (const fetch of this.#fetches.values()) fetch.catch(() => undefined);
    this.#fetches.clear();
    await this.client.refresh();
  }

  async #fetchAll(signal: AbortSignal | undefined): Promise<void> {
    const leaders = await abortable(this.client.leaders(this.topic, this.#positions.keys()), signal);
    for (const [leader, partitions] of leaders) this.#fetch(leader, partitions);
  }

  #fetch(leader: number, partitions: readonly number[]): void {
    const positions = new Map(
      partitions.map((partition) => [partition, this.#positions.get(partition) ?? 0]),
    );
    const fetch = this.client
      .fetch(leader, { topic: this.topic, positions, maxWaitMs: LONG_POLL_MS, ...defaultFetchSizes })
      .then((batches) => ({ leader, partitions, batches }));
    // Handled when it is raced for; until then a failure must not count as unhandled.
    fetch.catch(() => undefined);
    this.#fetches.set(leader, fetch);
  }
}

/** Ends early, without an error, when the signal aborts. */
async function pause(backoff: Backoff, failure: unknown, signal: AbortSignal | undefined): Promise<void> {
  await backoff.pause(failure, signal).catch((last: unknown) => {
    if (!signal?.aborted) throw last;
  });
}

/** The promise, or a rejection as soon as the signal aborts. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
