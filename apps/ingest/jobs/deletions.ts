import { type Logger } from '#libs/runtime';

import { type JobStore } from './job.store.js';
import { type LeaseStore } from './lease.store.js';
import { type RawWriter } from './raw-writer.js';

export interface DeletionParts {
  readonly store: JobStore;
  readonly leases: LeaseStore;
  readonly raw: RawWriter;
  readonly now: () => Date;
  readonly logger: Logger;
}

/**
 * Puts the deletion of a collection into every partition of the raw log, once its jobs have ended: what lies before
 * the marker is gone from the tables, what comes later is refused. A marker written twice changes nothing.
 */
export class Deletions {
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly parts: DeletionParts) {}

  start(onFault: (err: unknown) => void, every = 500): void {
    const turn = () => {
      this.#turn = this.once().catch(onFault);
      void this.#turn.then(() => {
        if (this.#timer) this.#timer = setTimeout(turn, every);
      });
    };
    this.#timer = setTimeout(turn, every);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#turn;
  }

  async once(): Promise<void> {
    const { store, leases, raw, now, logger } = this.parts;
    for (const collection of await store.collectionsToDelete()) {
      if ((await store.openJobs(collection)).length > 0) continue;
      const lease = await leases.take(`delete:${collection}`);
      if (!lease) continue;
      await raw.mark(collection, { kind: 'CollectionDeleted' }, now());
      await store.deletionMarked(collection);
      await leases.release(lease);
      logger.info({ collection }, 'collection deleted');
    }
  }
}
