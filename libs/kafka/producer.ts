import { defaultPatience, type Patience } from './backoff.js';
import { ProducerClosedError, RecordTooLargeError } from './errors.js';
import { type Kafka } from './kafka.js';
import { type PartitionRecords, ProduceSession } from './produce-session.js';
import { type Compression, contentSize, type SizedRecord } from './record-encoder.js';
import { type AppendedOffset, type ProduceRecord } from './record.js';

export interface ProducerOptions {
  /** Called once when a send failed for good: what was appended may or may not be in the log; end the process. */
  readonly onFatal: (error: Error) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly compression?: Compression;
  /** Bytes of records that may wait; further `append` calls wait before they queue. */
  readonly maxQueuedBytes?: number;
  readonly patience?: Patience;
}

/** The batch of a record this long is just within the topics' `max.message.bytes` of 16 MiB. */
const MAX_RECORD = 16 * 1024 * 1024 - 128;
/** Bytes and records of one partition in one send; a longer record goes alone. */
const MAX_BATCH = 1024 * 1024;
const MAX_BATCH_RECORDS = 20_000;
/** Bytes of one send: far below the 100 MiB that a broker takes. */
const MAX_SEND = 32 * 1024 * 1024;
const MAX_QUEUED = 32 * 1024 * 1024;

interface Queued extends SizedRecord {
  readonly append: Append;
  readonly index: number;
}

/** One call of `append`. */
interface Append {
  readonly offsets: AppendedOffset[];
  left: number;
  resolve(offsets: AppendedOffset[]): void;
  reject(error: Error): void;
}

interface Work extends PartitionRecords {
  readonly records: readonly Queued[];
}

interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  records: Queued[];
}

/**
 * Appends records to the log, each to the partition that it names, and says where they lie once all in-sync replicas
 * have them. One send is under way at a time; what all callers have waiting goes into the next one, so a busy producer
 * batches by itself and an idle one does not wait. Records of one partition keep the order of the calls.
 */
export class Producer {
  readonly #session: ProduceSession;
  readonly #options: Required<ProducerOptions>;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #waiting: { bytes: number; enter: () => void; reject: (error: Error) => void }[] = [];
  #sent: readonly Work[] = [];
  #queuedBytes = 0;
  #sending: Promise<void> | null = null;
  #ended: Error | null = null;

  constructor(kafka: Kafka, options: ProducerOptions) {
    this.#options = {
      now: Date.now,
      compression: 'none',
      maxQueuedBytes: MAX_QUEUED,
      patience: defaultPatience,
      ...options,
    };
    this.#session = new ProduceSession(kafka, this.#options);
  }

  /** Connects; throws when no broker answers in time. */
  open(): Promise<void> {
    return this.#session.open();
  }

  /**
   * @returns topic, partition and offset of each record, in the order given, once all of them are acknowledged.
   * @throws RecordTooLargeError before anything is sent; what made the producer fail; ProducerClosedError after that.
   */
  async append(records: readonly ProduceRecord[]): Promise<AppendedOffset[]> {
    if (this.#ended) throw new ProducerClosedError({ cause: this.#ended });
    if (records.length === 0) return [];
    const timestamp = this.#options.now();
    let bytes = 0;
    const sized = records.map((record) => {
      const size = contentSize(record);
      if (size > MAX_RECORD) throw new RecordTooLargeError(record.topic, size, MAX_RECORD);
      bytes += size;
      return { record, contentSize: size, timestamp: record.timestamp ?? timestamp };
    });
    if (!this.#isFull(bytes) && this.#waiting.length === 0) return this.#enqueue(sized, bytes);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, enter: () => resolve(this.#enqueue(sized, bytes)), reject });
    });
  }

  /** Sends what is queued, then disconnects. */
  async close(): Promise<void> {
    this.#ended ??= new ProducerClosedError();
    while (this.#sending) await this.#sending;
    await this.#session.close();
  }

  #isFull(bytes: number): boolean {
    return this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#options.maxQueuedBytes;
  }

  #enqueue(records: readonly SizedRecord[], bytes: number): Promise<AppendedOffset[]> {
    return new Promise((resolve, reject) => {
      const append: Append = { offsets: [], left: records.length, resolve, reject };
      records.forEach((sized, index) => {
        const { topic, partition } = sized.record;
        const place = `${topic}/${partition}`;
        let queue = this.#queues.get(place);
        if (!queue) this.#queues.set(place, (queue = { topic, partition, records: [] }));
        queue.records.push({ ...sized, append, index });
      });
      this.#queuedBytes += bytes;
      this.#sending ??= this.#drain();
    });
  }

  /** Sends until nothing waits. Begins a turn later, so that calls made in one turn share a send. */
  async #drain(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#queues.size > 0) {
        this.#sent = this.#take();
        this.#acknowledge(this.#sent, await this.#session.send(this.#sent));
        this.#admit();
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#sending = null;
    }
  }

  #take(): Work[] {
    const work: Work[] = [];
    let total = 0;
    // A copy, because what stays is put back at the end.
    const waiting = [...this.#queues];
    for (const [place, queue] of waiting) {
      if (total >= MAX_SEND) break;
      const { count, bytes } = batchOf(queue.records);
      total += bytes;
      work.push({ ...queue, records: queue.records.slice(0, count) });
      this.#queues.delete(place);
      // To the end, so that no partition starves behind a busy one.
      if (count < queue.records.length) {
        queue.records = queue.records.slice(count);
        this.#queues.set(place, queue);
      }
    }
    return work;
  }

  #acknowledge(work: readonly Work[], bases: readonly number[]): void {
    work.forEach(({ topic, partition, records }, i) => {
      const base = bases[i] ?? 0;
      records.forEach(({ append, index, contentSize: size }, delta) => {
        append.offsets[index] = { topic, partition, offset: base + delta };
        append.left -= 1;
        this.#queuedBytes -= size;
        if (append.left === 0) append.resolve(append.offsets);
      });
    });
  }

  /** Lets waiting calls in, in their order. */
  #admit(): void {
    for (let next = this.#waiting[0]; next && !this.#isFull(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.enter();
    }
  }

  #fail(error: Error): void {
    this.#ended = error;
    const appends = new Set<Append>();
    for (const { records } of [...this.#sent, ...this.#queues.values()])
      for (const { append } of records) appends.add(append);
    this.#queues.clear();
    for (const append of appends) append.reject(error);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#options.onFatal(error);
  }
}

/** How many records from the front make one batch, at least one. */
function batchOf(records: readonly Queued[]): { count: number; bytes: number } {
  let bytes = 0;
  let count = 0;
  for (const { contentSize: size } of records) {
    if (count > 0 && (bytes + size > MAX_BATCH || count === MAX_BATCH_RECORDS)) break;
    bytes += size;
    count += 1;
  }
  return { count, bytes };
}
