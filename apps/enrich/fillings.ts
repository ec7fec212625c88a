import { type JobEvent, isLogStarted, parseJobEvent, topics } from '#libs/events';
import { type LogBatch, type LogReader } from '#libs/kafka';

import { evolveGenerations, type Filling, fillingsOf, noGenerations } from './generations.js';

export interface FillingsParts {
  readonly log: LogReader;
  /** Begins to fill; the topic may have to be made. */
  readonly open: (filling: Filling) => Promise<void>;
  /** Resolves when nothing is written for the filling any more. */
  readonly close: (filling: Filling) => Promise<void>;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Keeps open what the rebuild events ask to be filled. Each process reads all of them: which one gets which partitions
 * is the groups' business.
 */
export class Fillings {
  #generations = noGenerations;
  readonly #open = new Map<string, Filling>();
  readonly #stopped = new AbortController();
  #following: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FillingsParts) {}

  /** Resolves when everything is open that the log asks for now: never a topic that was dropped long ago. */
  async start(): Promise<void> {
    const { log, onFatal } = this.parts;
    const topic = topics.jobs.name;
    const from = new Map((await log.offsets(topic)).map(({ partition, low }) => [partition, low]));
    for await (const batch of log.readAll(topic)) {
      this.#fold(batch);
      from.set(batch.partition, batch.next);
    }
    await this.#reconcile();
    this.#following = this.#follow(from).catch(onFatal);
  }

  /** Reads no further events. What is open stays so. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#following;
  }

  async #follow(from: ReadonlyMap<number, number>): Promise<void> {
    const { signal } = this.#stopped;
    for await (const batch of this.parts.log.tail(topics.jobs.name, from, { signal })) {
      if (this.#fold(batch)) await this.#reconcile();
    }
  }

  /** @returns whether anything changed. */
  #fold({ messages }: LogBatch): boolean {
    const before = this.#generations;
    for (const { key, value } of messages) {
      if (value === null || isLogStarted(key) || !value.includes(GENERATION)) continue;
      const event: JobEvent = parseJobEvent(value);
      this.#generations = evolveGenerations(this.#generations, event);
    }
    return this.#generations !== before;
  }

  async #reconcile(): Promise<void> {
    const wanted = new Map(fillingsOf(this.#generations).map((filling) => [filling.group, filling]));
    for (const [group, filling] of this.#open) {
      if (wanted.has(group)) continue;
      this.#open.delete(group);
      await this.parts.close(filling);
    }
    for (const [group, filling] of wanted) {
      if (this.#open.has(group)) continue;
      this.#open.set(group, filling);
      await this.parts.open(filling);
    }
  }
}

/** Only rebuild events matter here; the others, most of all progress, need not be parsed. */
const GENERATION = '"Generation';
