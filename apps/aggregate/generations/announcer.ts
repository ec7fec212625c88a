import { type JobEvent, jobEventKey, topics } from '#libs/events';
import { partitionFor, type Producer } from '#libs/kafka';

import { type Generation, type GenerationStore } from './generation-store.js';

type GenerationEvent = Extract<
  JobEvent,
  { type: 'GenerationStarted' | 'GenerationSwitched' | 'GenerationDropped' }
>;

/**
 * Tells the log what became of generations. First the tables change, then it is told; what was not told because the
 * process ended in between is told by the next one, under the same id.
 */
export class Announcer {
  constructor(
    private readonly store: GenerationStore,
    private readonly producer: Producer,
    private readonly now: () => Date,
  ) {}

  async announce(): Promise<void> {
    const all = await this.store.all();
    for (const generation of all) {
      // The first one was built for no rebuild, and everybody knows its topic.
      for (const event of this.#eventsOf(generation, all)) {
        if (generation.announced.includes(event.type)) continue;
        await this.#append(event);
        await this.store.announced(generation.generation, event.type);
      }
    }
  }

  #eventsOf(about: Generation, all: readonly Generation[]): GenerationEvent[] {
    const { generation, state, topic, fromRaw, retiredAt } = about;
    const isRebuilt = about.rebuild !== null;
    const rebuild = about.rebuild ?? `generation-${generation}`;
    const events: GenerationEvent[] = [];
    if (isRebuilt && state !== 'creating') {
      events.push(this.#event('GenerationStarted', { rebuild, generation, enriched: topic, fromRaw }));
    }
    if (isRebuilt && (state === 'live' || retiredAt !== null)) {
      events.push(this.#event('GenerationSwitched', { rebuild, generation }));
    }
    if (state === 'dropped') {
      const isFree = !all.some((other) => other.state !== 'dropped' && other.topic === topic);
      events.push(this.#event('GenerationDropped', { rebuild, generation, enriched: isFree ? topic : null }));
    }
    return events;
  }

  #event<T extends GenerationEvent['type']>(
    type: T,
    data: Extract<GenerationEvent, { type: T }>['data'],
  ): Extract<GenerationEvent, { type: T }> {
    const at = this.now().toISOString();
    const id = `${type}/${data.generation}/${data.rebuild}`;
    return { id, type, version: 1, occurredAt: at, receivedAt: at, data } as Extract<
      GenerationEvent,
      { type: T }
    >;
  }

  async #append(event: GenerationEvent): Promise<void> {
    const key = jobEventKey(event);
    const { name: topic, partitions } = topics.jobs;
    const partition = partitionFor(key, partitions);
    await this.producer.append([{ topic, partition, key, value: JSON.stringify(event) }]);
  }
}
