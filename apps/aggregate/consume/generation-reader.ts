import { setTimeout as wait } from 'node:timers/promises';

import { SpanStatusCode } from '@opentelemetry/api';
import { type DataSource } from 'typeorm';

import { isConflict, isDatabaseError, retry } from '#libs/db';
import { isLogStarted, parseJobEvent, topics } from '#libs/events';
import { type Batch, linksFrom, NotYetError, StaleBatchError } from '#libs/kafka';
import { tracer } from '#libs/runtime';

import { commitEvents, type EventSlice } from '../events/commit-events.js';
import { type Committed, commitSlices, type Target } from '../fold/commit-slices.js';
import { GenerationGoneError, HeldError, StaleError } from '../fold/errors.js';
import { Gatherer } from '../fold/gatherer.js';
import { parseOutcome } from '../fold/parse-outcome.js';
import { prepare, type PreparedRecord, type Slice } from '../fold/slice.js';
import { forgetLags, noteCommit, noteLag, noteRetry } from './metrics.js';
import { Stands } from './stands.js';

const HELD_MS = 100;
/** Records prepared at one go; then the connection to the database has its turn. */
const TURN = 200;
const MAX_LINKS = 16;

/** Folds what one generation reads. */
export class GenerationReader {
  readonly stands: Stands;
  readonly #gatherer: Gatherer;
  #closed = false;

  constructor(
    private readonly dataSource: DataSource,
    readonly target: Target,
    limit: number,
  ) {
    this.stands = new Stands(dataSource, target.generation);
    this.#gatherer = new Gatherer({ limit, pause: HELD_MS, commit: (slices) => this.#commit(slices) });
  }

  /** @throws StaleBatchError when the tables stand elsewhere. */
  async outcomes(batch: Batch): Promise<void> {
    const from = this.#begin(batch);
    const records: PreparedRecord[] = [];
    for (const { offset, key, value } of batch.messages) {
      if (value === null || isLogStarted(key)) continue;
      records.push(prepare(offset, parseOutcome(value)));
      if (records.length % TURN === 0) await new Promise<void>((go) => setImmediate(go));
    }
    const links = linksFrom(batch.messages);
    await stale(this.#gatherer.push({ partition: batch.partition, from, to: batch.next, records, links }));
    this.#end(batch);
  }

  /** @throws StaleBatchError when the tables stand elsewhere. */
  async events(batch: Batch): Promise<void> {
    const { partition, next: to } = batch;
    const records = batch.messages.map(({ offset, key, value }) => ({
      offset,
      event: value === null || isLogStarted(key) ? null : parseJobEvent(value),
    }));
    if (!this.#closed) await this.#fold({ partition, from: this.#begin(batch), to, records });
    this.#end(batch);
  }

  /** Takes nothing more; resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#gatherer.close();
    forgetLags(this.target.generation);
  }

  #begin({ topic, partition, messages }: Batch): number {
    const from = this.stands.at(topic, partition);
    // The consumer has read on from where the tables stood before a transaction that was still under way.
    if ((messages[0]?.offset ?? from) < from) throw new StaleBatchError();
    return from;
  }

  #end({ topic, partition, next, highWatermark }: Batch): void {
    if (!this.#closed) noteLag(this.target.generation, topic, partition, Math.max(0, highWatermark - next));
  }

  /** @throws NotYetError where the generation has met its stop; what is below it is folded. */
  async #fold(slice: EventSlice): Promise<void> {
    try {
      const { next, held } = await stale(
        persistently(() => commitEvents(this.dataSource, this.target.generation, slice)),
      );
      this.stands.moved(topics.jobs.name, slice.partition, next);
      if (!held) return;
      await wait(HELD_MS);
      throw new NotYetError();
    } catch (error) {
      if (!(error instanceof GenerationGoneError)) throw error;
      this.#closed = true;
    }
  }

  async #commit(slices: readonly Slice[]): Promise<Committed> {
    const { generation, topic } = this.target;
    const began = performance.now();
    const links = slices.flatMap((slice) => slice.links ?? []).slice(0, MAX_LINKS);
    const span = tracer().startSpan('aggregate commit', { attributes: { generation, topic }, links });
    try {
      const committed = await persistently(() => commitSlices(this.dataSource, this.target, slices));
      for (const [partition, next] of committed.next) this.stands.moved(topic, partition, next);
      noteCommit(committed.counts, slices, (performance.now() - began) / 1_000);
      span.setAttributes({ ...committed.counts });
      return committed;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }
}

/**
 * Deadlocks and lost races are run again at once; anything else that the database says is taken for transient and tried
 * for a while, then it ends the process: the offsets have not moved.
 */
function persistently<T>(work: () => Promise<T>): Promise<T> {
  const anything = { when: isDatabaseError, attempts: 6, pause: 200, longest: 3_000, onRetry: noteRetry };
  const conflicts = { when: isConflict, attempts: 10, pause: 5, longest: 200, onRetry: noteRetry };
  return retry(anything, () => retry(conflicts, work));
}

/** In the words of the transport. */
function stale<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof HeldError) throw new NotYetError();
    throw error instanceof StaleError ? new StaleBatchError(error.message) : error;
  });
}
