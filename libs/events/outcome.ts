import type { LogStarted } from './log-started.js';
import type { Post } from './post.js';

/** Why a record became no post. A closed list: each is a metric at zero from boot and a word on the page. */
export const rejectionReasons = [
  'json',
  'encoding',
  'too_large',
  'not_a_post',
  'unknown_format',
  'shape',
  'identity',
  'origin',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** A place in `posts.raw.v1`. */
export interface RawPlace {
  readonly partition: number;
  /** Offsets fit 2^53, and a number is what JSON and Postgres take cheaply. */
  readonly offset: number;
}

/** Where the record lay in what was handed over: 1-based line, 0-based byte offset in the decoded stream. */
export interface SourcePlace {
  readonly line: number | null;
  readonly offset: number | null;
}

/** What every outcome carries besides its data. `id` is derived from its cause, so a retry makes the same id. */
interface OutcomeEnvelope<Type extends string, Data> {
  readonly id: string;
  readonly type: Type;
  readonly version: 1;
  /** When the platform says it happened (ISO 8601 UTC), null where unknown. */
  readonly occurredAt: string | null;
  /** When ingest took the record in (ISO 8601 UTC). */
  readonly receivedAt: string;
  readonly raw: RawPlace;
  readonly collection: string;
  readonly job: string;
  readonly source: string;
  readonly position: number;
  /** The rejected record that this one is a replay of, null where it is none. */
  readonly replayOf: RawPlace | null;
  readonly data: Data;
}

export type PostEnriched = OutcomeEnvelope<'PostEnriched', Post>;

export type RecordRejected = OutcomeEnvelope<
  'RecordRejected',
  {
    readonly reason: RejectionReason;
    /** One plain sentence: what was expected, what was found. */
    readonly detail: string;
    readonly place: SourcePlace;
    /** The first characters of the record as text (at most 300), replacement characters where undecodable. */
    readonly excerpt: string;
    readonly bytes: number;
  }
>;

export type ControlSeen = OutcomeEnvelope<
  'ControlSeen',
  {
    /** The platform's own word: delete, limit, scrub_geo, status_withheld, warning, disconnect, meta … */
    readonly kind: string;
    /** The post or account it names, null where it names none. */
    readonly subject: string | null;
  }
>;

/** A fact about the log or a collection that enrich passes on, partition by partition, in order. */
export type MarkerPassed = OutcomeEnvelope<'MarkerPassed', Marker>;

export type Marker = LogStarted | { readonly kind: 'CollectionDeleted' };

export type Outcome = PostEnriched | RecordRejected | ControlSeen | MarkerPassed;
