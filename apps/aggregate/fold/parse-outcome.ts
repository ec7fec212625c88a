import { type Outcome } from '#libs/events';

/** What Postgres' text cannot hold: NUL, and halves of surrogate pairs. JSON writes both as escapes only. */
const UNSTORABLE = /\\u(?:0000|[dD][89a-fA-F])/;

/** Enrich writes `data` last, and no text of other people's before it: what follows is the JSON of the data. */
const DATA = ',"data":';

export interface ReadOutcome {
  readonly outcome: Outcome;
  /** The JSON of its data. */
  readonly data: string;
}

/**
 * Reads one record of an enriched topic. Characters that Postgres cannot store are replaced, once, here, so that
 * counts, posts and hashes agree. @throws when the bytes are no outcome: then this is not our topic.
 */
export function parseOutcome(value: Buffer): ReadOutcome {
  const text = value.toString('utf8');
  const isStorable = !UNSTORABLE.test(text);
  const outcome: unknown = isStorable ? JSON.parse(text) : JSON.parse(text, storable);
  if (!isOutcome(outcome)) throw new TypeError('the enriched topic holds a record that is no outcome');
  const from = isStorable ? text.indexOf(DATA) : -1;
  return { outcome, data: from < 0 ? JSON.stringify(outcome.data) : text.slice(from + DATA.length, -1) };
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
