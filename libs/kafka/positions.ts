import { type Kafka } from './kafka.js';

/** Next offset per partition; null or missing: from the first record that there is. */
export type StoredPositions = ReadonlyMap<number, number | null>;

/**
 * Where the handler's own store stands. The handler moves it in the transaction of its rows; the consumer only reads,
 * whenever partitions are assigned.
 */
export interface PositionStore {
  load(topic: string, partitions: readonly number[]): Promise<StoredPositions>;
}

/** Positions committed in Kafka under a group. */
export class CommittedPositions implements PositionStore {
  constructor(
    private readonly kafka: Kafka,
    private readonly group: string,
  ) {}

  load(topic: string): Promise<StoredPositions> {
    return this.kafka.admin(async (admin) => {
      const [committed] = await admin.fetchOffsets({ groupId: this.group, topics: [topic] });
      return new Map(
        committed?.partitions.map(({ partition, offset }) => {
          const next = Number(offset);
          return [partition, next < 0 ? null : next];
        }),
      );
    });
  }
}
