import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds after the first failure until it is given up. */
  readonly total: number;
  /** Milliseconds of the first pause; each further one is twice as long, up to `longest`. */
  readonly first: number;
  readonly longest: number;
}

/** A broker that restarts is back well within this; longer, and the process had better be restarted. */
export const defaultPatience: Patience = { total: 60_000, first: 50, longest: 2_000 };

/** Pauses between attempts at one thing, until patience ends. */
export class Backoff {
  #failures = 0;
  #since = 0;

  constructor(
    private readonly patience: Patience,
    private readonly now: () => number,
  ) {}

  /** After a success: patience begins anew with the next failure. */
  reset(): void {
    this.#failures = 0;
  }

  /** Waits for the next attempt; rethrows the failure when patience ends or `signal` aborts. */
  async pause(failure: unknown, signal?: AbortSignal): Promise<void> {
    if (this.#failures === 0) this.#since = this.now();
    const { total, first, longest } = this.patience;
    if (signal?.aborted || this.now() - this.#since > total) throw failure;
    const ms = Math.min(longest, first * 2 ** this.#failures);
    this.#failures += 1;
    await sleep(ms, undefined, signal ? { signal } : {}).catch(() => {
      throw failure;
    });
  }
}

/**
 * Whether trying again can help: kafkajs marks its errors; what is not one of its errors is a fault of the program.
 * An error after "too many retries" is as transient as its cause.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'KafkaJSNumberOfRetriesExceeded') return true;
  return 'retriable' in error && error.retriable !== false;
}
