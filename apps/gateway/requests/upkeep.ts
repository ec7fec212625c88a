import { setTimeout as wait } from 'node:timers/promises';

import { type DataSource } from 'typeorm';

import { DatabaseError } from '#libs/db';
import { type Logger } from '#libs/runtime';

import { markProjected } from './projected.query.js';
import { type RequestsStore } from './requests.store.js';

const PAUSE_MS = 1_000;
/** A request younger than this may still be on its way by the gateway that took it. */
const AGE_MS = 5_000;

/** Until the signal aborts: produces what others have left, and lets go of rows that the tables show. */
export async function keepRequests(
  dataSource: DataSource,
  requests: RequestsStore,
  { signal, logger }: { signal: AbortSignal; logger: Logger },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const again = await requests.sweep(AGE_MS);
      if (again > 0) logger.warn({ requests: again }, 'produced requests that were left over');
      await markProjected(dataSource);
    } catch (error) {
      // The database is away or not made yet; everything else is a fault of ours.
      if (!(error instanceof DatabaseError)) throw error;
      logger.warn({ err: error }, 'requests cannot be looked after right now');
    }
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}
