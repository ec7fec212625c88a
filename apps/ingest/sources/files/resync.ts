import { isSpace } from './json-value.js';
import { ValueSkim } from './skim.js';

const LINE_FEED = 0x0a;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;

/** Start of the first line after `from` that `fits`, −1 where none begins before `limit`. */
function lineWhere(bytes: Buffer, from: number, limit: number, fits: (at: number) => boolean): number {
  for (
    let at = bytes.indexOf(LINE_FEED, from) + 1;
    at > 0 && at < limit;
    at = bytes.indexOf(LINE_FEED, at) + 1
  ) {
    if (fits(at)) return at;
  }
  return -1;
}

/** Where the value at `at` closes if only its brackets are believed, −1 where not before `limit`. */
function closing(bytes: Buffer, at: number, limit: number): number {
  return new ValueSkim().take(bytes, at, limit);
}

const nearest = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/**
 * Where a broken value that stands by itself at `at` ends: at its own closing bracket, or before the next line that
 * opens a value in the first column, whichever comes first. −1 where neither is before `limit`.
 */
export function endOfBroken(bytes: Buffer, at: number, limit: number): number {
  const next = lineWhere(bytes, at, limit, (i) => bytes[i] === OPEN_OBJECT || bytes[i] === OPEN_ARRAY);
  return nearest(next, closing(bytes, at, next < 0 ? limit : next));
}

/**
 * The same for an element of a list: the next element is looked for at the start of a line with the indentation of
 * the broken one (a nested object has another), the end of the list where a line begins with its bracket.
 * `indent` is −1 where the element does not open its line; `final` says that nothing comes after `limit`.
 */
export function endOfBrokenElement(
  bytes: Buffer,
  at: number,
  limit: number,
  { indent, final }: Surroundings,
): number {
  const opensElement = (line: number) => {
    const own = indentOf(bytes, line, limit);
    const byte = line + own < limit ? bytes[line + own] : undefined;
    return (own === indent && byte === OPEN_OBJECT) || (own <= indent && byte === CLOSE_ARRAY);
  };
  const next = indent < 0 ? -1 : lineWhere(bytes, at, limit, opensElement);
  const closed = closing(bytes, at, next < 0 ? limit : next);
  return nearest(next, closed >= 0 && isFollowed(bytes, closed, { limit, final }) ? closed : -1);
}

export interface Surroundings {
  readonly indent: number;
  readonly final: boolean;
}

function indentOf(bytes: Buffer, line: number, limit: number): number {
  let i = line;
  while (i < limit && bytes[i] !== LINE_FEED && isSpace(bytes[i])) i += 1;
  return i - line;
}

/** Whether a comma or the end of the list comes next. */
function isFollowed(bytes: Buffer, at: number, { limit, final }: { limit: number; final: boolean }): boolean {
  let i = at;
  while (i < limit && isSpace(bytes[i])) i += 1;
  return i < limit ? bytes[i] === COMMA || bytes[i] === CLOSE_ARRAY : final;
}
