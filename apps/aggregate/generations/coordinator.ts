import { isDatabaseError, sqlOf, transaction, tryAdvisoryLock } from '#libs/db';
import { topics } from '#libs/events';
import { deleteTopic } from '#libs/kafka';
import { type Logger } from '#libs/runtime';

import { schemaOf } from '../fold/commit-slices.js';
import { type Generation } from './generation-store.js';
import { Rebuild, type RebuildParts } from './rebuild.js';
import { vectorOf } from './vector.js';

export interface CoordinatorOptions extends RebuildParts {
  /** How long (ms) readers may still look at a generation that was switched away from. */
  readonly grace: number;
  readonly now: () => Date;
  readonly logger: Logger;
}

const MAX_FAILURES = 10;
/** Noted with the events of a generation: there is nothing more to do about its topic. */
const TOPIC_DELETED = 'TopicDeleted';
const HEARD_MS = 10_000;

/**
 * Carries out rebuilds and verifications, one after the other, and drops generations that nobody needs. All aggregates
 * have one; the one that gets the lock works, and when it dies the next one goes on where the tables say.
 */
export class Coordinator {
  #failures = 0;

  constructor(private readonly options: CoordinatorOptions) {}

  /** Does what there is to do. A database that fails is tried again a few times, by the next call. */
  async work(signal: AbortSignal): Promise<void> {
    try {
      await this.#work(signal);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (signal.aborted) return;
      if (!isDatabaseError(error) || this.#failures >= MAX_FAILURES) throw error;
      this.options.logger.warn({ err: error }, 'coordinator tries again');
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    const lock = await tryAdvisoryLock(this.options.dataSource, 'aggregate coordinator');
    if (!lock) return;
    const assertHeld = async () => {
      signal.throwIfAborted();
      await lock.assertHeld();
    };
    try {
      await this.options.announcer.announce();
      await this.#dropWhatIsNotNeeded();
      await this.#rebuildNext(assertHeld);
    } finally {
      await lock.release();
    }
  }

  async #rebuildNext(assertHeld: () => Promise<void>): Promise<void> {
    const { rebuilds, generations, logger } = this.options;
    const next = await rebuilds.next();
    if (!next || !(await this.#hasReadAllRequests())) return;
    try {
      logger.info({ rebuild: next.id, kind: next.kind, from: next.from }, 'rebuild goes on');
      await new Rebuild(this.options, next, assertHeld).run();
      logger.info({ rebuild: next.id }, 'rebuild completed');
    } catch (error) {
      await assertHeld();
      // What the database or the broker says may pass: the next attempt goes on from the same place.
      if (isDatabaseError(error)) throw error;
      logger.error({ err: error, rebuild: next.id }, 'rebuild failed');
      await rebuilds.fail(next.id, error instanceof Error ? error.message : String(error));
      const shadow = await generations.ofRebuild(next.id);
      if (shadow && shadow.state !== 'live') await generations.setState(shadow.generation, 'dropping');
    }
  }

  /** Where tables are younger than the log, requests of long ago come by whose end comes by later. */
  async #hasReadAllRequests(): Promise<boolean> {
    const { generations, reader, dataSource } = this.options;
    const { generation } = await generations.live();
    const { events } = await vectorOf(sqlOf(dataSource), generation);
    const ends = await reader.offsets(topics.jobs.name);
    return ends.every(({ partition, high }) => (events[partition] ?? 0) >= high);
  }

  async #dropWhatIsNotNeeded(): Promise<void> {
    const { generations, grace, now } = this.options;
    const all = await generations.all();
    for (const generation of all) {
      const isOver =
        generation.state === 'retired' && now().getTime() - (generation.retiredAt?.getTime() ?? 0) >= grace;
      if (isOver) await generations.setState(generation.generation, 'dropping');
      else if (generation.state === 'dropping') await this.#drop(generation);
      else if (generation.state === 'dropped') await this.#deleteTopic(generation, all);
    }
  }

  /** Nobody folds it any more: who held it has let go of its row before it could be marked. */
  async #drop({ generation, topic, fromRaw }: Generation): Promise<void> {
    const { dataSource, generations, announcer, logger } = this.options;
    await transaction(dataSource, { settings: { lock_timeout: '5s' } }, (sql) =>
      sql(`drop schema if exists ${schemaOf(generation)} cascade`),
    );
    await generations.setState(generation, 'dropped');
    await announcer.announce();
    logger.info({ generation, topic, fromRaw }, 'generation dropped');
  }

  /** The topic of a rebuild from raw goes with its last generation, once enrich has had time to hear of it. */
  async #deleteTopic(
    { generation, topic, droppedAt, announced }: Generation,
    all: readonly Generation[],
  ): Promise<void> {
    const { kafka, generations, now } = this.options;
    if (announced.includes(TOPIC_DELETED) || now().getTime() - (droppedAt?.getTime() ?? 0) < HEARD_MS) return;
    const isUsed = all.some((other) => other.state !== 'dropped' && other.topic === topic);
    if (topic !== topics.enriched.name && !isUsed) await deleteTopic(kafka, topic);
    await generations.announced(generation, TOPIC_DELETED);
  }
}
