import { setTimeout as wait } from 'node:timers/promises';

export interface Repeating {
  /** Resolves when the run under way has ended. */
  stop(): Promise<void>;
}

/** Runs `work` again and again, `pause` ms after its last end; an error that it throws ends it and goes to `onFatal`. */
export function every(
  pause: number,
  work: (signal: AbortSignal) => Promise<void>,
  onFatal: (error: unknown) => void,
): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await work(signal);
      // Woken by the signal, which is no error.
      await wait(pause, undefined, { signal }).catch(() => {});
    }
  };
  const ended = run().catch((error: unknown) => {
    if (!signal.aborted) onFatal(error);
  });
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
