import { endOfString, endOfValue, INCOMPLETE, invalid, isSpace } from './json-value.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const WORD_N = 0x6e;

/** Keys below which search answers, dumps and look-ups keep a list of posts. */
const listKeys: ReadonlySet<string> = new Set(['statuses', 'results', 'rows', 'tweets']);

export type Container = 'list' | 'map';

/**
 * What the value of `key` that opens with `byte` is to the object around it: a list of posts, a map of posts by their
 * ids (`{"123": {…}}` or, as statuses/lookup writes it, `{"id": {"123": {…}}}`), null where it is just a value.
 */
export function containerOf(key: string, byte: number | undefined): Container | 'entries' | null {
  if (byte === OPEN_ARRAY) return listKeys.has(key) ? 'list' : null;
  if (byte === OPEN_OBJECT && key === 'id') return 'map';
  const isEntry = byte === OPEN_OBJECT || byte === WORD_N;
  return isEntry && isId(key) ? 'entries' : null;
}

const isId = (key: string): boolean => /^\d+$/u.test(key);

/** An object seen from outside: it ends at `end`, or it holds posts one by one from `at` on. */
export type Probe =
  | { readonly kind: 'whole'; readonly end: number }
  | { readonly kind: Container; readonly at: number }
  /** See the results of `endOfValue`. */
  | { readonly kind: 'failed'; readonly result: number };

const failed = (result: number): Probe => ({ kind: 'failed', result });

export function skipSpaceTo(bytes: Buffer, at: number, limit: number): number {
  let i = at;
  while (i < limit && isSpace(bytes[i])) i += 1;
  return i;
}

/** A key and where its value begins; `key` null and `at` a result of `endOfValue` where there is none. */
export function keyAt(bytes: Buffer, at: number, limit: number): { key: string | null; at: number } {
  if (at >= limit) return { key: null, at: INCOMPLETE };
  if (bytes[at] !== QUOTE) return { key: null, at: invalid(at) };
  const end = endOfString(bytes, at, limit);
  if (end < 0) return { key: null, at: end };
  const colon = skipSpaceTo(bytes, end, limit);
  if (colon < limit && bytes[colon] !== COLON) return { key: null, at: invalid(colon) };
  const value = skipSpaceTo(bytes, colon + 1, limit);
  if (value >= limit) return { key: null, at: INCOMPLETE };
  return { key: bytes.toString('latin1', at + 1, end - 1), at: value };
}

/** An object whose closing brace, and nothing else, has to be at `at`. */
function closed(bytes: Buffer, at: number, limit: number): Probe {
  if (at >= limit) return failed(INCOMPLETE);
  return bytes[at] === CLOSE_OBJECT ? { kind: 'whole', end: at + 1 } : failed(invalid(at));
}

/** The object at `at` as a map of posts, null where its first key is no id. */
function mapAt(bytes: Buffer, at: number, limit: number): Probe | null {
  const first = keyAt(bytes, skipSpaceTo(bytes, at + 1, limit), limit);
  if (first.at === INCOMPLETE) return failed(INCOMPLETE);
  return first.key !== null && isId(first.key) ? { kind: 'map', at: at + 1 } : null;
}

/** Looks at the object that opens at `at`, member by member, until it ends or turns out to be a container. */
export function probeObject(bytes: Buffer, at: number, limit: number): Probe {
  let i = skipSpaceTo(bytes, at + 1, limit);
  if (bytes[i] === CLOSE_OBJECT) return closed(bytes, i, limit);
  for (let first = true; ; first = false) {
    const member = keyAt(bytes, i, limit);
    if (member.key === null) return failed(member.at);
    const container = containerOf(member.key, bytes[member.at]);
    if (container === 'list') return { kind: 'list', at: member.at + 1 };
    const map = first && container ? mapAt(bytes, container === 'map' ? member.at : at, limit) : null;
    if (map) return map;
    const end = endOfValue(bytes, member.at, limit);
    if (end < 0) return failed(end);
    i = skipSpaceTo(bytes, end, limit);
    if (bytes[i] !== COMMA || i >= limit) return closed(bytes, i, limit);
    i = skipSpaceTo(bytes, i + 1, limit);
  }
}
