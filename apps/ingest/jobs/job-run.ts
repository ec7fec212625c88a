import { type Checkpoint, type Collected, type JobState, mergeEnds, type RawEnds } from '#libs/events';

import { type FoundRecord, isReadable, type Source, SourceRefused } from '../sources/source.js';
import { type EventWriter } from './event-writer.js';
import { type OriginGate } from './origin-gate.js';
import { type RawWriter } from './raw-writer.js';

/** What a run of a job needs of the world. */
export interface RunContext {
  readonly events: EventWriter;
  readonly raw: RawWriter;
  readonly origin: OriginGate;
  readonly now: () => Date;
  /** Least time between two checkpoints, ms. */
  readonly checkpointEvery: number;
}

/** Batches that may be on their way to the log at once; what waits goes into the next send. */
const WINDOW = 4;

/**
 * One runner's turn at a job: reads its sources from the checkpoint on and appends what they hold. A checkpoint is
 * written only after the acknowledgements it covers; the events carry the epoch, so that those of a runner that
 * has lost its lease change nothing.
 */
export class JobRun {
  #checkpoint: Checkpoint;
  #collected: Collected;
  #ends: RawEnds;
  #checkpointAt: number;
  /** Rejects or resolves in the order of the appends. */
  #pending: Promise<void>[] = [];
  /** Bytes of the sources before the open one. */
  #before = 0;
  /** Whether anything so far was a post, or a message about posts. */
  #readable: boolean;

  constructor(
    private readonly ctx: RunContext,
    private readonly job: JobState,
    private readonly epoch: number,
    private readonly signal: AbortSignal,
  ) {
    this.#checkpoint = job.checkpoint;
    this.#collected = job.collected;
    this.#ends = job.ends;
    // An earlier runner went on beyond the first batch: it knew.
    this.#readable = job.collected.records > 0;
    this.#checkpointAt = ctx.now().getTime();
  }

  /**
   * Reads to the end and writes JobCompleted, or JobFailed when the sources are refused.
   * @throws what the signal was aborted with; then nothing is under way any more, and `cancelled` may follow.
   */
  async toTheEnd(sources: AsyncIterable<Source>, total: number | null): Promise<void> {
    this.#collected = { ...this.#collected, total };
    try {
      await this.#readAll(sources);
      await this.#acknowledged();
    } catch (err) {
      await Promise.allSettled(this.#pending);
      if (err instanceof SourceRefused) return this.#failed(err.message);
      throw err;
    }
    const { job, epoch } = this;
    await this.ctx.events.write('JobCompleted', {
      job: job.job,
      epoch,
      checkpoint: this.#checkpoint,
      collected: this.#collected,
      ends: this.#ends,
    });
  }

  async cancelled(): Promise<void> {
    await this.ctx.events.write('JobCancelled', { job: this.job.job, epoch: this.epoch, ends: this.#ends });
  }

  async #failed(error: string): Promise<void> {
    await this.ctx.events.write('JobFailed', {
      job: this.job.job,
      epoch: this.epoch,
      error,
      ends: this.#ends,
    });
  }

  async #readAll(sources: AsyncIterable<Source>): Promise<void> {
    const finished = this.#checkpoint.source;
    const refusals: string[] = [];
    let index = 0;
    for await (const source of sources) {
      if (index >= finished) await this.#read(source, index, refusals);
      this.#before += source.bytes ?? 0;
      index += 1;
    }
    if (this.#readable) return;
    throw new SourceRefused(refusals.join(' ') || nothingReadable(this.#collected.records));
  }

  async #read(source: Source, index: number, refusals: string[]): Promise<void> {
    const id = `${this.job.job}.${index}`;
    const after = this.#checkpoint.source === index ? this.#checkpoint.position : -1;
    await this.#opened(source, id);
    try {
      for await (const batch of source.records(after, this.signal)) {
        this.signal.throwIfAborted();
        await this.#append(id, index, batch.records, batch.consumed);
      }
    } catch (err) {
      // A source that holds no posts fails the job only when no other has any.
      if (!(err instanceof SourceRefused)) throw err;
      refusals.push(err.message);
    }
    await this.#acknowledged();
    this.#checkpoint = { source: index + 1, position: -1 };
    this.#collected = { ...this.#collected, done: this.#before + (source.bytes ?? 0) };
  }

  async #opened(source: Source, id: string): Promise<void> {
    const { job, collection } = this.job;
    await this.ctx.events.write(
      'SourceOpened',
      { job, collection, epoch: this.epoch, source: id, name: source.name, bytes: source.bytes },
      id,
    );
  }

  async #append(
    source: string,
    index: number,
    found: readonly FoundRecord[],
    consumed: number,
  ): Promise<void> {
    const last = found.at(-1);
    if (!last) return;
    this.#readable ||= found.some(isReadable);
    const { job, collection } = this.job;
    const origin = await this.ctx.origin.of(collection, found, this.signal);
    const collectedAt = this.ctx.now().toISOString();
    const appended = this.ctx.raw.append(found, { collection, job, source, origin, collectedAt });
    const settled = appended.then((ends) => {
      this.#ends = mergeEnds(this.#ends, ends);
      this.#checkpoint = { source: index, position: last.position };
      const { records } = this.#collected;
      this.#collected = {
        ...this.#collected,
        done: this.#before + consumed,
        records: records + found.length,
      };
    });
    // Whoever waits next sees the fault; until then it must not count as unhandled.
    settled.catch(() => undefined);
    this.#pending.push(settled);
    while (this.#pending.length >= WINDOW) await this.#pending.shift();
    await this.#checkpointWhenDue();
  }

  async #acknowledged(): Promise<void> {
    while (this.#pending.length > 0) await this.#pending.shift();
  }

  async #checkpointWhenDue(): Promise<void> {
    const now = this.ctx.now().getTime();
    if (now - this.#checkpointAt < this.ctx.checkpointEvery) return;
    this.#checkpointAt = now;
    await this.ctx.events.write('JobProgressed', {
      job: this.job.job,
      epoch: this.epoch,
      checkpoint: this.#checkpoint,
      collected: this.#collected,
      ends: this.#ends,
    });
  }
}

function nothingReadable(records: number): string {
  if (records === 0) return 'There was nothing to read.';
  return `None of the ${records} records is a post. They are kept and listed with the reason.`;
}
