import { setTimeout as wait } from 'node:timers/promises';

import { type DataSource } from 'typeorm';

import { type DatabaseOptions, type Sql, sqlOf, transaction } from '#libs/db';
import { enrichedTopic, topics } from '#libs/events';
import { createTopicLike, type Kafka, type LogReader, type TopicOptions } from '#libs/kafka';

import { type Announcer } from './announcer.js';
import { type Comparison, compareGenerations, deletedEverywhere } from './compare.js';
import { type Generation, type GenerationStore } from './generation-store.js';
import { indexPosts, makeGeneration } from './make-generation.js';
import { type RebuildRow, type RebuildStore } from './rebuild-store.js';
import { countOf, gapBetween, setStop, type Vector, vectorOf } from './vector.js';

export interface RebuildParts {
  /** Without limits on how long a transaction may be idle: a snapshot is held while the new generation gets there. */
  readonly dataSource: DataSource;
  readonly database: DatabaseOptions;
  readonly generations: GenerationStore;
  readonly rebuilds: RebuildStore;
  readonly announcer: Announcer;
  readonly kafka: Kafka;
  readonly reader: LogReader;
  readonly topicOptions: TopicOptions;
}

const LOOK_MS = 100;
/** So close to the live generation that it is worth holding a snapshot of it. */
const NEAR = 20_000;
/** How long (ms) the live generation may be held for the switch, before it is tried again later. */
const SWITCH_PATIENCE = 8_000;

/**
 * One rebuild or verification, from wherever it was left. Each step can be repeated: what it needs to know is in the tables.
 */
export class Rebuild {
  readonly #sql: Sql;

  constructor(
    private readonly parts: RebuildParts,
    private readonly row: RebuildRow,
    /** Throws when this process is not the one any more that may go on. */
    private readonly assertHeld: () => Promise<void>,
  ) {
    this.#sql = sqlOf(parts.dataSource);
  }

  async run(): Promise<void> {
    const { generations, rebuilds } = this.parts;
    const { id, kind, state } = this.row;
    const made = await generations.ofRebuild(id);
    if (state === 'switching' && made?.state === 'live') return rebuilds.setState(id, 'completed');
    const shadow = await this.#make(made);
    await rebuilds.setState(id, 'replaying');
    await this.#replay(shadow);
    await rebuilds.setState(id, 'comparing');
    await rebuilds.setCompared(id, await this.#compare(shadow));
    if (kind === 'rebuild') {
      await rebuilds.setState(id, 'switching');
      await this.#switch(shadow);
    } else await generations.setState(shadow.generation, 'dropping');
    await rebuilds.setState(id, 'completed');
  }

  async #make(made: Generation | null): Promise<Generation> {
    const { generations, announcer, reader, dataSource, database } = this.parts;
    if (made && made.state !== 'creating') return made;
    const live = await generations.live();
    const fromRaw = this.row.kind === 'rebuild' && this.row.from === 'raw';
    const added = made ?? (await generations.add(live.topic, fromRaw, this.row.id));
    const topic = fromRaw ? await this.#makeTopic(added) : added.topic;
    const shadow: Generation = { ...added, topic };
    await makeGeneration(dataSource, database, {
      generation: shadow.generation,
      enriched: { topic, partitions: (await reader.offsets(topic)).length },
      events: { partitions: (await reader.offsets(topics.jobs.name)).length },
    });
    await setStop(this.#sql, shadow.generation, await vectorOf(this.#sql, live.generation));
    await generations.setState(shadow.generation, 'building');
    await announcer.announce();
    return { ...shadow, state: 'building' };
  }

  async #makeTopic({ generation }: Generation): Promise<string> {
    const { kafka, generations, topicOptions } = this.parts;
    const { name } = await createTopicLike(kafka, topics.raw.name, enrichedTopic(generation), topicOptions);
    await generations.setTopic(generation, name);
    return name;
  }

  /** Until the new generation is so near to the live one that they can be brought together. */
  async #replay(shadow: Generation): Promise<void> {
    // Indexes are made while the fold waits at its stop, in one go: kept up to date post by post they cost more.
    await this.#reach(shadow.generation, await this.#approach(shadow));
    await indexPosts(this.parts.dataSource, shadow.generation);
    await this.#approach(shadow);
  }

  /** Follows the live generation up to a short distance. @returns the vector at which the new one will stop. */
  async #approach({ generation }: Generation): Promise<Vector> {
    const live = await this.parts.generations.live();
    for (;;) {
      await this.assertHeld();
      const goal = await vectorOf(this.#sql, live.generation);
      await setStop(this.#sql, generation, goal);
      const now = await vectorOf(this.#sql, generation);
      await this.parts.rebuilds.setProgress(this.row.id, countOf(now), countOf(goal));
      if (gapBetween(now, goal) <= NEAR) return goal;
      await wait(LOOK_MS);
    }
  }

  /** Holds a snapshot of the live generation, brings the new one exactly to it, and compares. */
  async #compare({ generation }: Generation): Promise<Comparison> {
    const { generations, dataSource } = this.parts;
    const live = await generations.live();
    return transaction(dataSource, { snapshot: true }, async (sql) => {
      const goal = await vectorOf(sql, live.generation);
      await setStop(this.#sql, generation, goal);
      await this.#reach(generation, goal);
      const gone = await deletedEverywhere({ sql, generation: live.generation });
      return transaction(dataSource, { snapshot: true }, (replayed) =>
        compareGenerations({ sql, generation: live.generation }, { sql: replayed, generation }, gone),
      );
    });
  }

  async #reach(generation: number, goal: Vector): Promise<void> {
    for (;;) {
      const now = await vectorOf(this.#sql, generation);
      await this.parts.rebuilds.setProgress(this.row.id, countOf(now), countOf(goal));
      if (gapBetween(now, goal) === 0) return;
      await this.assertHeld();
      await wait(LOOK_MS);
    }
  }

  async #switch({ generation }: Generation): Promise<void> {
    await setStop(this.#sql, generation, null);
    const live = await this.parts.generations.live();
    for (;;) {
      await this.assertHeld();
      if (await this.#tryToSwitch(live.generation, generation)) break;
      await wait(LOOK_MS);
    }
    await this.parts.announcer.announce();
  }

  /**
   * Holds the live generation where it stands until the new one has got there, and flips the pointer.
   * @returns false when that took too long: live goes on, the gap gets smaller meanwhile.
   */
  async #tryToSwitch(live: number, next: number): Promise<boolean> {
    return transaction(this.parts.dataSource, {}, async (sql) => {
      // In the order in which every fold locks them; the new generation's own row stays free for its fold.
      await sql('select from aggregate.generations where generation = $1 for update', [live]);
      const goal = await vectorOf(sql, live, true);
      const until = performance.now() + SWITCH_PATIENCE;
      while (gapBetween(await vectorOf(this.#sql, next), goal) > 0) {
        if (performance.now() > until) return false;
        await wait(LOOK_MS / 5);
      }
      await sql(
        `update aggregate.generations set state = case generation when $1 then 'retired' else 'live' end,
           retired_at = case generation when $1 then now() end
         where generation in ($1, $2)`,
        [live, next],
      );
      await sql('update aggregate.pointer set generation = $1, flipped_at = now()', [next]);
      return true;
    });
  }
}
