const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Index of the first byte at or after `at` that is no JSON whitespace. */
export function skipSpace(bytes: Buffer, at: number): number {
  let i = at;
  while (isSpace(bytes[i])) i += 1;
  return i;
}

/** Whether the value at `at` opens with that character. */
export const opensAt = (bytes: Buffer, at: number, character: string): boolean =>
  at >= 0 && bytes[at] === character.charCodeAt(0);

/** Index after the string that opens at `at`, −1 where it does not end. */
function skipString(bytes: Buffer, at: number): number {
  const end = bytes.length;
  for (let i = at + 1; i < end; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i += 1;
  }
  return -1;
}

/** Index after the object or array that opens at `at`, −1 where it does not end. Knows strings and depth only. */
function skipNested(bytes: Buffer, at: number): number {
  const end = bytes.length;
  let depth = 0;
  for (let i = at; i < end; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = skipString(bytes, i) - 1;
      if (i < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

/** Index after the number or word at `at`. */
function skipToken(bytes: Buffer, at: number): number {
  let i = at;
  for (; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte)) break;
  }
  return i > at ? i : -1;
}

/** Index after the value at `at`, −1 where there is none or it does not end. */
export function skipValue(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === QUOTE) return skipString(bytes, at);
  if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return skipNested(bytes, at);
  return skipToken(bytes, at);
}

/** The number or word at `at`. */
export const tokenAt = (bytes: Buffer, at: number): string =>
  bytes.toString('latin1', at, Math.max(at, skipToken(bytes, at)));

/** The string at `at` with its escapes resolved, null where it is malformed. */
export function stringAt(bytes: Buffer, at: number): string | null {
  const end = skipString(bytes, at);
  return end < 0 ? null : decoded(bytes, at + 1, end - 1);
}

function decoded(bytes: Buffer, start: number, end: number): string | null {
  const escape = bytes.subarray(start, end).includes(BACKSLASH);
  if (!escape) return bytes.toString('utf8', start, end);
  try {
    return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  } catch {
    return null;
  }
}

/** Where the member `name` of the object at `at` has its value (the last one, as JSON.parse has it), else −1. */
export function memberOf(bytes: Buffer, at: number, name: string): number {
  if (!opensAt(bytes, at, '{')) return -1;
  const members = new Members(bytes, at);
  let found = -1;
  while (members.next()) if (members.key() === name) found = members.valueAt;
  return members.malformed ? -1 : found;
}

/** A table of keys by their length, so that looking one up makes no string. */
type ByLength<V> = readonly (readonly (readonly [string, V])[] | undefined)[];
const tables = new WeakMap<ReadonlyMap<string, unknown>, ByLength<unknown>>();

function byLength<V>(names: ReadonlyMap<string, V>): ByLength<V> {
  const known = tables.get(names);
  if (known) return known as ByLength<V>;
  const table: [string, V][][] = [];
  for (const entry of names) (table[entry[0].length] ??= []).push(entry);
  tables.set(names, table);
  return table;
}

function same(bytes: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) if (bytes[at + i] !== name.charCodeAt(i)) return false;
  return true;
}

/**
 * Walks the members of one object, in order, without parsing their values. A value is passed over only when the
 * next member is asked for, so whoever stops early has not read it.
 */
export class Members {
  /** Index of the first byte of the present member's value. */
  valueAt = -1;
  malformed = false;
  #keyStart = 0;
  #keyEnd = 0;
  #escaped = false;
  /** 0 until the end of the present value is looked for. */
  #valueEnd = 0;
  #at: number;

  /** `start` is the index of the object's opening brace. */
  constructor(
    readonly bytes: Buffer,
    readonly start: number,
  ) {
    this.#at = start + 1;
  }

  /** Goes to the next member; false at the end and where the bytes are no JSON object (then `malformed` says so). */
  next(): boolean {
    const { bytes } = this;
    let i = this.#at;
    if (this.valueAt >= 0) {
      i = this.valueEnd();
      if (i < 0) return this.#fail();
      i = skipSpace(bytes, i);
      if (bytes[i] === CLOSE_OBJECT) return this.#end(i);
      if (bytes[i] !== COMMA) return this.#fail();
      i = skipSpace(bytes, i + 1);
    } else {
      i = skipSpace(bytes, i);
      if (bytes[i] === CLOSE_OBJECT) return this.#end(i);
    }
    return this.#readKey(i);
  }

  /** The present member's key with its escapes resolved. */
  key(): string {
    return decoded(this.bytes, this.#keyStart, this.#keyEnd) ?? '';
  }

  /** What `names` has for the present key. */
  lookUp<V>(names: ReadonlyMap<string, V>): V | undefined {
    if (this.#escaped) return names.get(this.key());
    const candidates = byLength(names)[this.#keyEnd - this.#keyStart];
    if (!candidates) return undefined;
    for (const [name, value] of candidates) if (same(this.bytes, this.#keyStart, name)) return value;
    return undefined;
  }

  /** Index after the present member's value, −1 where it does not end. */
  valueEnd(): number {
    if (this.#valueEnd === 0) this.#valueEnd = skipValue(this.bytes, this.valueAt);
    return this.#valueEnd;
  }

  #readKey(at: number): boolean {
    const { bytes } = this;
    if (bytes[at] !== QUOTE) return this.#fail();
    let i = at + 1;
    this.#escaped = false;
    for (; bytes[i] !== QUOTE; i += 1) {
      if (i >= bytes.length) return this.#fail();
      if (bytes[i] !== BACKSLASH) continue;
      this.#escaped = true;
      i += 1;
    }
    this.#keyStart = at + 1;
    this.#keyEnd = i;
    i = skipSpace(bytes, i + 1);
    if (bytes[i] !== COLON) return this.#fail();
    this.valueAt = skipSpace(bytes, i + 1);
    this.#valueEnd = 0;
    return true;
  }

  /** Index after the closing brace once `next` has returned false on a whole object. */
  get end(): number {
    return this.#at;
  }

  #end(at: number): false {
    this.#at = at + 1;
    this.valueAt = -1;
    return false;
  }

  #fail(): false {
    this.malformed = true;
    return false;
  }
}
