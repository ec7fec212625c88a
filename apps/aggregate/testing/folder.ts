import { type DataSource } from 'typeorm';

import { type Outcome, topics } from '#libs/events';

import { commitSlices } from '../fold/commit-slices.js';
import { parseOutcome } from '../fold/parse-outcome.js';
import { prepare, type Slice } from '../fold/slice.js';
import { logOf } from './outcomes.js';

/** Reads an enriched topic that a test has written down, as an aggregate would. */
export class Folder {
  readonly #next = new Map<number, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly generation: number,
    private readonly log: readonly (readonly Outcome[])[],
  ) {}

  /** Goes on at these enriched offsets. */
  from(next: Readonly<Record<number, number>>): this {
    for (const [partition, offset] of Object.entries(next)) this.#next.set(Number(partition), offset);
    return this;
  }

  /** The next records of each partition, at most `size`. */
  slices(size: number, partitions: readonly number[] = [...this.log.keys()]): Slice[] {
    return partitions.flatMap((partition) => {
      const from = this.#next.get(partition) ?? 0;
      const records = logOf(this.log[partition] ?? []).slice(from, from + size);
      if (records.length === 0) return [];
      return [
        {
          partition,
          from,
          to: from + records.length,
          records: records.map(({ offset, value }) => prepare(offset, parseOutcome(value))),
        },
      ];
    });
  }

  /** Folds everything, `size` records of each partition in one transaction. */
  async all(size = 1_000): Promise<void> {
    for (let slices = this.slices(size); slices.length > 0; slices = this.slices(size))
      await this.commit(slices);
  }

  /** Folds one whole partition after the other. */
  async partitions(order: readonly number[]): Promise<void> {
    for (const partition of order) await this.commit(this.slices(1_000, [partition]));
  }

  async commit(slices: readonly Slice[]): Promise<void> {
    const target = { generation: this.generation, topic: topics.enriched.name };
    const { next } = await commitSlices(this.dataSource, target, slices);
    for (const [partition, offset] of next) this.#next.set(partition, offset);
  }
}
