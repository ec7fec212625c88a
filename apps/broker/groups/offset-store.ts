import { readBatchHeader } from '../log/batch.js';
import { type PartitionLog } from '../log/partition-log.js';
import { encodeBatch, recordsOf } from '../log/records.js';

export interface Committed {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

export interface OffsetChange {
  readonly topic: string;
  readonly partition: number;
  /** null: forget it. */
  readonly committed: Committed | null;
}

/** Changes on disk before the log is written anew with only what holds now. */
const REWRITE_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
const RECORDS_PER_BATCH = 1_000;

export class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

type OffsetsOfTopic = Map<number, Committed>;
type OffsetsOfGroup = Map<string, OffsetsOfTopic>;

/** Where each group will read on: in memory, and in a log of changes that is read at start. */
export class OffsetStore {
  readonly #groups = new Map<string, OffsetsOfGroup>();
  #inFlight = 0;
  #rewriteAt = REWRITE_BYTES;
  #rewriting: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  private constructor(
    private readonly log: PartitionLog,
    private readonly now: () => number,
  ) {}

  static async open(log: PartitionLog, now: () => number): Promise<OffsetStore> {
    const store = new OffsetStore(log, now);
    for (let at = log.start; at < log.end;) {
      const slice = await log.read(at, READ_BYTES);
      if (!slice) break;
      store.#replay(slice.records);
      at = slice.nextOffset;
      slice.release();
    }
    return store;
  }

  groupIds(): string[] {
    return [...this.#groups.keys()];
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  get(group: string, topic: string, partition: number): Committed | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition);
  }

  /** Topics with the partitions that have an offset. */
  of(group: string): { readonly name: string; readonly partitions: number[] }[] {
    const topics = this.#groups.get(group) ?? new Map<string, OffsetsOfTopic>();
    return [...topics].map(([name, partitions]) => ({ name, partitions: [...partitions.keys()] }));
  }

  /** Durable when it resolves, and only then seen by `get`. @throws DiskFull */
  async change(group: string, changes: readonly OffsetChange[]): Promise<void> {
    if (changes.length === 0) return;
    while (this.#rewriting) await this.#rewriting;
    this.#inFlight += 1;
    try {
      await this.#append(changes.map((change) => ({ group, ...change })));
      for (const change of changes) this.#apply(group, change);
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#drained?.();
    }
    if (this.log.bytes > this.#rewriteAt) this.#rewriting ??= this.#rewrite();
  }

  /** Forgets what any group committed for a topic. */
  async forgetTopic(topic: string): Promise<void> {
    for (const group of this.groupIds()) {
      const partitions = [...(this.#groups.get(group)?.get(topic)?.keys() ?? [])];
      await this.change(
        group,
        partitions.map((partition) => ({ topic, partition, committed: null })),
      );
    }
  }

  async forgetGroup(group: string): Promise<void> {
    const changes = this.of(group).flatMap(({ name, partitions }) =>
      partitions.map((partition) => ({ topic: name, partition, committed: null })),
    );
    await this.change(group, changes);
  }

  /** First all that holds goes into a new segment, then the old ones go: a crash in between loses nothing. */
  async #rewrite(): Promise<void> {
    try {
      // A change in flight is in the log but not in memory yet: written behind it, what memory has would undo it.
      if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
      this.#drained = undefined;
      await this.log.startSegment();
      const start = this.log.end;
      const all = [...this.#groups].flatMap(([group, topics]) =>
        [...topics].flatMap(([topic, partitions]) =>
          [...partitions].map(([partition, committed]) => ({ group, topic, partition, committed })),
        ),
      );
      for (let at = 0; at < all.length; at += RECORDS_PER_BATCH) {
        await this.#append(all.slice(at, at + RECORDS_PER_BATCH));
      }
      await this.log.deleteBefore(start);
      this.#rewriteAt = Math.max(REWRITE_BYTES, 2 * this.log.bytes);
    } catch {
      // Either the disk is full, and the next change tries again; or it failed, and the log has ended the process.
    } finally {
      this.#rewriting = undefined;
    }
  }

  async #append(changes: readonly (OffsetChange & { readonly group: string })[]): Promise<void> {
    const records = changes.map(({ group, topic, partition, committed }) => ({
      key: Buffer.from(JSON.stringify([group, topic, partition])),
      value: committed && Buffer.from(JSON.stringify(committed)),
    }));
    const outcome = await this.log.append(encodeBatch({ timestamp: this.now(), records }));
    if (outcome.kind !== 'stored') throw new DiskFull('There is no room to commit offsets.');
  }

  #replay(batches: Buffer): void {
    for (let at = 0; at < batches.length;) {
      const { bytes } = readBatchHeader(batches, at);
      for (const { key, value } of recordsOf(batches.subarray(at, at + bytes)) ?? []) {
        // The log's checksums hold, so these are our own bytes.
        const [group, topic, partition] = JSON.parse(String(key)) as [string, string, number];
        const committed = value && (JSON.parse(value.toString()) as Committed);
        this.#apply(group, { topic, partition, committed });
      }
      at += bytes;
    }
  }

  #apply(group: string, { topic, partition, committed }: OffsetChange): void {
    const topics = this.#groups.get(group) ?? new Map<string, OffsetsOfTopic>();
    const partitions = topics.get(topic) ?? new Map<number, Committed>();
    if (committed) partitions.set(partition, committed);
    else partitions.delete(partition);
    if (partitions.size > 0) topics.set(topic, partitions);
    else topics.delete(topic);
    if (topics.size > 0) this.#groups.set(group, topics);
    else this.#groups.delete(group);
  }
}
