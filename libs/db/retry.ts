import { setTimeout as wait } from 'node:timers/promises';

export interface RetryOptions {
  /** Which errors are worth another attempt: decided by class or code, never by message. */
  readonly when: (error: unknown) => boolean;
  readonly attempts: number;
  /** Pause in ms before the second attempt; doubled before each further one, up to `longest`. */
  readonly pause: number;
  readonly longest: number;
  readonly onRetry?: (error: unknown, attempt: number) => void;
  /** Between 0 and 1; spreads those who collided. */
  readonly random?: () => number;
}

/** Runs `work` until it succeeds; throws its last error when it is not worth another attempt or all are used up. */
export async function retry<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  const { when, attempts, pause, longest, onRetry, random = Math.random } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !when(error)) throw error;
      onRetry?.(error, attempt);
      await wait(Math.min(longest, pause * 2 ** (attempt - 1)) * (0.5 + random() / 2));
    }
  }
}
