import { type DataSource } from 'typeorm';

import { topics } from '#libs/events';
import { type KafkaBatchStrategy } from '#libs/kafka';

import { type Generation, type GenerationStore } from '../generations/generation-store.js';
import { GenerationReader } from './generation-reader.js';

export interface ReadersOptions {
  /** For the folding transactions. */
  readonly dataSource: DataSource;
  readonly store: GenerationStore;
  readonly strategy: KafkaBatchStrategy;
  /** Outcomes in one transaction at most. */
  readonly limit: number;
  readonly onAssigned: () => void;
}

/** Large answers make large transactions, in which the keys that many posts share are written once. */
const FETCH = { maxBytes: 24 * 1024 * 1024, maxBytesPerPartition: 4 * 1024 * 1024 };

export const groupOf = (generation: number) => `aggregate.g${generation}`;

/** Keeps this process reading what every folded generation reads, shared with all other aggregates. */
export class Readers {
  readonly #open = new Map<number, GenerationReader>();

  constructor(private readonly options: ReadersOptions) {}

  /** Opens and closes readers until they are those of the generations that are folded. */
  async reconcile(): Promise<void> {
    const folded = await this.options.store.folded();
    const wanted = new Set(folded.map(({ generation }) => generation));
    for (const generation of this.#open.keys()) if (!wanted.has(generation)) await this.#closeOne(generation);
    for (const generation of folded) {
      if (!this.#open.has(generation.generation)) await this.#openOne(generation);
    }
  }

  async close(): Promise<void> {
    for (const generation of this.#open.keys()) await this.#closeOne(generation);
  }

  async #openOne({ generation, topic }: Generation): Promise<void> {
    const { dataSource, strategy, limit, onAssigned } = this.options;
    const reader = new GenerationReader(dataSource, { generation, topic }, limit);
    this.#open.set(generation, reader);
    await strategy.open({
      group: groupOf(generation),
      topics: [
        { topic, pattern: topics.enriched.name, positions: reader.stands },
        { topic: topics.jobs.name, positions: reader.stands },
      ],
      context: reader,
      // Every partition may have a batch waiting for the next transaction.
      concurrency: 64,
      fetchSizes: FETCH,
      onAssigned,
    });
  }

  async #closeOne(generation: number): Promise<void> {
    await this.#open.get(generation)?.close();
    await this.options.strategy.close(groupOf(generation));
    this.#open.delete(generation);
  }
}
