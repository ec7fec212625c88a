import { type Identity, type Origin } from '#libs/events';

import { type EventWriter } from './event-writer.js';
import { type JobStore } from './job.store.js';
import { until } from './until.js';

/** Posts of the generator's own platform are simulated for ever; everything else is real. */
export function originOf(identity: Identity): Origin {
  return identity.platform.startsWith('simulated') ? 'simulated' : 'real';
}

/**
 * Which origin a collection has. The first post it ever gets decides, for all jobs that feed it: the first decision in
 * the log counts, and is read back before anything is sent. Records of the other origin are refused by enrich.
 */
export class OriginGate {
  readonly #known = new Map<string, Origin>();

  constructor(
    private readonly store: JobStore,
    private readonly events: EventWriter,
  ) {}

  async of(
    collection: string,
    records: readonly { readonly identity: Identity | null }[],
    signal: AbortSignal,
  ): Promise<Origin> {
    const known = this.#known.get(collection) ?? (await this.#stored(collection));
    if (known) return known;
    const first = records.find(({ identity }) => identity !== null)?.identity;
    // Nothing here is a post, so nothing here can mix.
    if (!first) return 'real';
    await this.events.write('CollectionOriginDecided', { collection, origin: originOf(first) });
    return until(() => this.#stored(collection), signal);
  }

  async #stored(collection: string): Promise<Origin | null> {
    const origin = (await this.store.collection(collection))?.origin ?? null;
    if (origin) this.#known.set(collection, origin);
    return origin;
  }
}
