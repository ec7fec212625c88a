import { setTimeout as wait } from 'node:timers/promises';

import type { Service } from './service.js';

export interface SupervisorEvents {
  /** It ended by itself and is started again after `pause` ms. */
  readonly restarting: (service: Service, how: string, pause: number) => void;
  readonly restarted: (service: Service) => void;
  /** It keeps failing. Called once; nothing is restarted any more. */
  readonly gaveUp: (service: Service, how: string) => void;
}

export interface RestartPolicy {
  /** Pause before the first restart (ms); each further one doubles it. */
  readonly first: number;
  readonly longest: number;
  /** Failures in a row after which it is given up. */
  readonly attempts: number;
  /** Having run so long (ms), it counts as healthy again. */
  readonly healthy: number;
}

export const usualPolicy: RestartPolicy = { first: 250, longest: 8_000, attempts: 7, healthy: 60_000 };

/** Keeps services running: who ends without being asked to is started again, for as long as that seems to help. */
export class Supervisor {
  #stopping = false;
  readonly #pauses = new AbortController();

  constructor(
    private readonly events: SupervisorEvents,
    private readonly policy: RestartPolicy = usualPolicy,
    private readonly now: () => number = Date.now,
  ) {}

  /** From now on nobody is started again. */
  stop(): void {
    this.#stopping = true;
    this.#pauses.abort();
  }

  /** Watches a service that has been started. Resolves when it is not watched any more. */
  async watch(service: Service): Promise<void> {
    let failures = 0;
    let since = this.now();
    for (;;) {
      const { code, signal } = await service.ended;
      if (this.#stopping) return;
      if (this.now() - since >= this.policy.healthy) failures = 0;
      failures += 1;
      const how = signal ? `ended by ${signal}` : `ended with ${code ?? 'no code'}`;
      if (failures > this.policy.attempts) {
        this.stop();
        this.events.gaveUp(service, how);
        return;
      }
      since = await this.#restart(service, how, failures);
      if (this.#stopping) return;
    }
  }

  async #restart(service: Service, how: string, failures: number): Promise<number> {
    const pause = Math.min(this.policy.longest, this.policy.first * 2 ** (failures - 1));
    this.events.restarting(service, how, pause);
    try {
      await wait(pause, undefined, { signal: this.#pauses.signal });
    } catch {
      return this.now(); // stopping
    }
    const since = this.now();
    try {
      await service.start();
      this.events.restarted(service);
    } catch {
      // It ended again: `ended` tells how, and the next turn decides.
    }
    return since;
  }
}
