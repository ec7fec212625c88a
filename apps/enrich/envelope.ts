import type { Outcome, RawMeta, RawPlace } from '#libs/events';

type Envelope = Omit<Outcome, 'type' | 'data'>;

/** What every outcome of a record carries; `id` comes from the record's place, so a retry makes the same one. */
export function envelope(meta: RawMeta, raw: RawPlace, occurredAt: string | null): Envelope {
  return {
    id: `${raw.partition}:${raw.offset}`,
    version: 1,
    occurredAt,
    receivedAt: meta.collectedAt,
    raw,
    collection: meta.collection,
    job: meta.job,
    source: meta.source,
    position: meta.position,
    replayOf: meta.replayOf,
  };
}
