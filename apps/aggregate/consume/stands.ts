import { type DataSource } from 'typeorm';

import { isMissing, sqlOf } from '#libs/db';
import { type PositionStore, type StoredPositions } from '#libs/kafka';

import { schemaOf } from '../fold/commit-slices.js';

/** Where a generation stands in the topics that it reads: as the tables say, and as this process has moved on. */
export class Stands implements PositionStore {
  readonly #next = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly generation: number,
  ) {}

  async load(topic: string, partitions: readonly number[]): Promise<StoredPositions> {
    const rows = await this.#stored(topic, partitions);
    for (const { partition, next } of rows) this.moved(topic, partition, next);
    return new Map(rows.map(({ partition, next }) => [partition, next]));
  }

  async #stored(
    topic: string,
    partitions: readonly number[],
  ): Promise<{ partition: number; next: number }[]> {
    try {
      return await sqlOf(this.dataSource)(
        `select partition, next_enriched as next from ${schemaOf(this.generation)}.offsets
         where topic = $1 and partition = any($2)`,
        [topic, partitions],
      );
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Dropped just now: whatever is read from here on, the commit will say that the generation is gone.
      return partitions.map((partition) => ({ partition, next: this.at(topic, partition) }));
    }
  }

  /** Where the next batch of the partition has to begin. */
  at(topic: string, partition: number): number {
    return this.#next.get(`${topic}/${partition}`) ?? 0;
  }

  moved(topic: string, partition: number, next: number): void {
    this.#next.set(`${topic}/${partition}`, next);
  }
}
