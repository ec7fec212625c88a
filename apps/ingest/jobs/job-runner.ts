import { type JobState, hasEnded } from '#libs/events';
import { type Logger } from '#libs/runtime';

import { type JobSources } from '../sources/open.js';
import { JobRun, type RunContext } from './job-run.js';
import { type JobStore } from './job.store.js';
import { type Lease, type LeaseStore } from './lease.store.js';
import { until } from './until.js';

export interface RunnerSettings {
  readonly parallel: number;
  readonly leaseMs: number;
  readonly holder: string;
}

export interface RunnerParts {
  readonly store: JobStore;
  readonly leases: LeaseStore;
  readonly run: RunContext;
  readonly sources: JobSources;
  readonly settings: RunnerSettings;
  readonly logger: Logger;
}

/** Why a run ends before its sources do. */
class Halt extends Error {
  constructor(readonly cause: 'cancelled' | 'lost' | 'stopping') {
    super(cause);
  }
}

/** Attempts that end in the same fault before a job is given up. */
const MOST_FAILURES = 8;

/**
 * Takes open jobs and runs them, a few at a time. A job has one runner: the lease raises an epoch, the epoch is
 * announced by JobClaimed and read back from the fold before anything is done.
 */
export class JobRunner {
  readonly #running = new Map<string, { readonly halt: AbortController; readonly done: Promise<void> }>();
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(private readonly parts: RunnerParts) {}

  start(onFault: (err: unknown) => void): void {
    this.#loop = this.#work().catch(onFault);
  }

  /** Something was folded: look now instead of at the next turn. */
  wake(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    for (const { halt } of this.#running.values()) halt.abort(new Halt('stopping'));
    await Promise.all([...this.#running.values()].map(({ done }) => done));
    await this.#loop;
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#haltCancelled();
      const free = this.parts.settings.parallel - this.#running.size;
      const leases = free > 0 ? await this.parts.leases.takeJobs(free) : [];
      for (const lease of leases) this.#start(lease);
      if (leases.length === 0) await this.#rest(500);
    }
  }

  /** Until woken, at most `most` ms. */
  #rest(most: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stop.signal.aborted) this.#wake();
    });
  }

  async #haltCancelled(): Promise<void> {
    for (const [job, { halt }] of this.#running) {
      if (await this.#isCancelled(job)) halt.abort(new Halt('cancelled'));
    }
  }

  async #isCancelled(job: string): Promise<boolean> {
    const state = await this.parts.store.job(job);
    if (!state || hasEnded(state)) return true;
    return (
      state.cancelRequested ||
      ((await this.parts.store.collection(state.collection))?.deleteRequested ?? false)
    );
  }

  #start(lease: Lease): void {
    const halt = new AbortController();
    const renewal = setInterval(() => void this.#renew(lease, halt), this.parts.settings.leaseMs / 3);
    const done = this.#run(lease, halt.signal)
      .then(
        () => this.parts.leases.release(lease),
        (err: unknown) => this.#ended(lease, err),
      )
      .catch((err: unknown) =>
        this.parts.logger.error({ err, job: lease.task }, 'a lease could not be given back'),
      )
      .finally(() => {
        clearInterval(renewal);
        this.#running.delete(lease.task);
        this.#wake();
      });
    this.#running.set(lease.task, { halt, done });
  }

  async #renew(lease: Lease, halt: AbortController): Promise<void> {
    const kept = await this.parts.leases.renew(lease).catch((err: unknown) => {
      this.parts.logger.warn({ err, job: lease.task }, 'a lease could not be renewed');
      return false;
    });
    if (!kept) halt.abort(new Halt('lost'));
  }

  async #run(lease: Lease, signal: AbortSignal): Promise<void> {
    const { task: job, epoch } = lease;
    await this.parts.run.events.write(
      'JobClaimed',
      { job, epoch, holder: this.parts.settings.holder },
      `${job}:${epoch}`,
    );
    const state = await until(() => this.#claimed(job, epoch), signal);
    if (state.epoch !== epoch || hasEnded(state)) return;
    const run = new JobRun(this.parts.run, state, epoch, signal);
    if (await this.#isCancelled(job)) return run.cancelled();
    try {
      await run.toTheEnd(this.parts.sources.open(state.spec, signal), this.parts.sources.total(state.spec));
    } catch (err) {
      if (!(signal.reason instanceof Halt)) throw err;
      if (signal.reason.cause === 'cancelled') await run.cancelled();
    }
    // What was written is folded before the lease goes back, so that nobody takes an ended job again.
    if (!signal.aborted) await until(() => this.#folded(job), signal);
  }

  async #claimed(job: string, epoch: number): Promise<JobState | null> {
    const state = await this.parts.store.job(job);
    return state && (state.epoch >= epoch || hasEnded(state)) ? state : null;
  }

  async #folded(job: string): Promise<JobState | null> {
    const state = await this.parts.store.job(job);
    return state && hasEnded(state) ? state : null;
  }

  /** A fault that is nobody's answer: try again later, and after too often say so and end the job. */
  async #ended(lease: Lease, err: unknown): Promise<void> {
    if (err instanceof Halt) return this.parts.leases.release(lease);
    this.parts.logger.error({ err, job: lease.task, failures: lease.failures }, 'a job was interrupted');
    if (lease.failures + 1 >= MOST_FAILURES) {
      const state = await this.parts.store.job(lease.task);
      const error = `It was interrupted ${MOST_FAILURES} times by a fault of this server: ${String(err)}`;
      const { task: job, epoch } = lease;
      await this.parts.run.events.write('JobFailed', { job, epoch, error, ends: state?.ends ?? {} });
    }
    await this.parts.leases.release(lease, { pause: Math.min(60_000, 1_000 * 2 ** lease.failures) });
  }
}
