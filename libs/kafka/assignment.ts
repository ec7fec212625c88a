import { LogMismatchError } from './errors.js';
import { type LogClient } from './log-client.js';
import { type PositionStore } from './positions.js';

/** Partitions by topic. */
export type AssignedPartitions = Readonly<Record<string, readonly number[]>>;

/** What one join of the group gave this member, and where it stands in it. */
export class Assignment {
  /** The group is gathering anew: what runs may end, nothing new is begun. */
  rebalancing = false;
  /** The group went on without this member. */
  lost = false;
  /** When the group last answered a heartbeat (ms): after the session's time without one it gives up on a member. */
  heardAt: number;
  readonly #next = new Map<string, number>();

  constructor(
    readonly partitions: AssignedPartitions,
    private readonly log: LogClient,
    private readonly storeOf: (topic: string) => PositionStore,
    joinedAt: number,
  ) {
    this.heardAt = joinedAt;
  }

  /**
   * Loads the positions of all partitions.
   * @throws LogMismatchError where the log does not hold one.
   */
  async load(): Promise<void> {
    for (const [topic, partitions] of Object.entries(this.partitions)) {
      if (partitions.length > 0) await this.#loadTopic(topic, partitions);
    }
  }

  /** Loads one position anew. @returns the next offset there. */
  async reload(topic: string, partition: number): Promise<number> {
    await this.#loadTopic(topic, [partition]);
    return this.next(topic, partition) ?? 0;
  }

  /** @returns undefined for a partition that is not assigned. */
  next(topic: string, partition: number): number | undefined {
    return this.#next.get(`${topic}/${partition}`);
  }

  /** The next offset of a partition where a batch may be begun. */
  open(topic: string, partition: number): number | undefined {
    return this.rebalancing || this.lost ? undefined : this.next(topic, partition);
  }

  advance(topic: string, partition: number, next: number): void {
    this.#next.set(`${topic}/${partition}`, next);
  }

  async #loadTopic(topic: string, partitions: readonly number[]): Promise<void> {
    const stored = await this.storeOf(topic).load(topic, partitions);
    const held = new Map((await this.log.offsets(topic)).map((range) => [range.partition, range]));
    for (const partition of partitions) {
      const range = held.get(partition);
      const next = stored.get(partition) ?? range?.low ?? 0;
      if (!range || next < range.low || next > range.high) {
        throw new LogMismatchError(topic, partition, next, range ?? null);
      }
      this.advance(topic, partition, next);
    }
  }
}
