import { type Outcome } from '#libs/events';

/** What Postgres' text cannot hold: NUL, and halves of surrogate pairs. JSON writes both as escapes only. */
const UNSTORABLE = /\\u(?:0000|[dD][89a-fA-F])/;

/**
 * Reads one record of an enriched topic. Characters that Postgres cannot store are replaced, once, here, so that
 * counts, posts and hashes agree. @throws when the bytes are no outcome: then this is not our topic.
 */
export function parseOutcome(value: Buffer): Outcome {
  const text = value.toString('utf8');
  const parsed: unknown = UNSTORABLE.test(text) ? JSON.parse(text, storable) : JSON.parse(text);
  if (!isOutcome(parsed)) throw new TypeError('the enriched topic holds a record that is no outcome');
  return parsed;
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  // Encoding replaces each half of a surrogate pair.
  return Buffer.from(value.replaceAll('\u0000', '\uFFFD')).toString();
}

const types: ReadonlySet<string> = new Set(['PostEnriched', 'RecordRejected', 'ControlSeen', 'MarkerPassed']);

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { type, raw, data } = value as Partial<Outcome>;
  return types.has(type ?? '') && typeof raw?.offset === 'number' && typeof data === 'object';
}
