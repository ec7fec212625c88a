import { setTimeout as delay } from 'node:timers/promises';

/** Asks again every `every` ms until there is an answer. Rejects with the signal's reason. */
export async function until<T>(ask: () => Promise<T | null>, signal: AbortSignal, every = 20): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== null) return answer;
    await delay(every, undefined, { signal });
  }
}
