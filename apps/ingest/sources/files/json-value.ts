const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The bytes read so far are the beginning of a value. */
export const INCOMPLETE = -1;

/** What the scan says of bytes that no continuation makes a value: where the first impossible byte is. */
export const invalidAt = (result: number): number => -2 - result;
export const invalid = (at: number): number => -2 - at;

/** What a byte can be outside of strings. */
const enum Kind {
  Wrong,
  Space,
  Quote,
  OpenObject,
  OpenArray,
  CloseObject,
  CloseArray,
  Colon,
  Comma,
  Token,
}
const KINDS = 10;

/** What has to come next. */
const enum Expect {
  Nothing,
  Value,
  ValueOrClose,
  Key,
  KeyOrClose,
  Colon,
  CommaInArray,
  CommaInObject,
}

const kinds = new Uint8Array(256);
for (const [kind, characters] of [
  [Kind.Space, ' \t\r\n'],
  [Kind.Quote, '"'],
  [Kind.OpenObject, '{'],
  [Kind.OpenArray, '['],
  [Kind.CloseObject, '}'],
  [Kind.CloseArray, ']'],
  [Kind.Colon, ':'],
  [Kind.Comma, ','],
  [Kind.Token, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.'],
] as const) {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind;
}

export const isToken = (byte: number): boolean => kinds[byte] === Kind.Token;

/** Whether a value can begin with that byte. */
export const opensValue = (byte: number | undefined): boolean =>
  byte !== undefined && next[Expect.Value * KINDS + (kinds[byte] ?? 0)] !== 0;

/** Bytes of a string that neither end nor escape nor break it. */
const plain = new Uint8Array(256).fill(1, 0x20);
plain[QUOTE] = 0;
plain[BACKSLASH] = 0;

/** `next[expect * KINDS + kind]`: what has to come after it, 0 where it cannot be. Closing is up to what was opened. */
const next = new Uint8Array(8 * KINDS);
const AFTER = 255;
const allow = (expect: Expect, kind: Kind, then: number) => (next[expect * KINDS + kind] = then);
for (const expect of [Expect.Value, Expect.ValueOrClose]) {
  allow(expect, Kind.Quote, AFTER);
  allow(expect, Kind.Token, AFTER);
  allow(expect, Kind.OpenObject, Expect.KeyOrClose);
  allow(expect, Kind.OpenArray, Expect.ValueOrClose);
}
for (const expect of [Expect.Key, Expect.KeyOrClose]) allow(expect, Kind.Quote, Expect.Colon);
allow(Expect.ValueOrClose, Kind.CloseArray, AFTER);
allow(Expect.KeyOrClose, Kind.CloseObject, AFTER);
allow(Expect.Colon, Kind.Colon, Expect.Value);
allow(Expect.CommaInArray, Kind.Comma, Expect.Value);
allow(Expect.CommaInArray, Kind.CloseArray, AFTER);
allow(Expect.CommaInObject, Kind.Comma, Expect.Key);
allow(Expect.CommaInObject, Kind.CloseObject, AFTER);

/** Index after the string that opens at `at`; INCOMPLETE, or invalid where it holds a raw control character. */
export function endOfString(bytes: Buffer, at: number, limit: number): number {
  for (let i = at + 1; i < limit; i += 1) {
    const byte = bytes[i] as number;
    if (plain[byte] === 1) continue;
    if (byte === QUOTE) return i + 1;
    if (byte !== BACKSLASH) return invalid(i);
    i += 1;
  }
  return INCOMPLETE;
}

function endOfToken(bytes: Buffer, at: number, limit: number): number {
  let i = at + 1;
  while (i < limit && kinds[bytes[i] as number] === Kind.Token) i += 1;
  return i;
}

/**
 * Index after the value at `at`, looking at no byte from `limit` on. Negative: INCOMPLETE, or invalid (see
 * `invalidAt`). A number or word that touches the limit is incomplete, unless `final` says that nothing comes after
 * it. Structure and strings are checked, the spelling of numbers and words is not.
 */
export function endOfValue(bytes: Buffer, at: number, limit: number, final = false): number {
  const open: number[] = [];
  let expect: number = Expect.Value;
  for (let i = at; i < limit;) {
    const kind = kinds[bytes[i] as number] as number;
    if (kind === Kind.Space) {
      i += 1;
      continue;
    }
    const then = next[expect * KINDS + kind] as number;
    if (then === 0) return invalid(i);
    i = kind === Kind.Quote || kind === Kind.Token ? endOfScalar(bytes, i, limit) : i + 1;
    if (i < 0) return i;
    expect = nested(open, kind, then);
    if (expect === Expect.Nothing) return i < limit || kind !== Kind.Token || final ? i : INCOMPLETE;
  }
  return INCOMPLETE;
}

/**
 * What has to come now. `open` holds what to expect after a value in each bracket that is open, innermost last: an
 * array, because depth is the sender's choice.
 */
function nested(open: number[], kind: number, then: number): number {
  if (kind === Kind.OpenObject) open.push(Expect.CommaInObject);
  else if (kind === Kind.OpenArray) open.push(Expect.CommaInArray);
  else if (kind === Kind.CloseObject || kind === Kind.CloseArray) open.pop();
  if (then !== AFTER) return then;
  return open.length === 0 ? Expect.Nothing : (open[open.length - 1] as number);
}

const endOfScalar = (bytes: Buffer, at: number, limit: number): number =>
  bytes[at] === QUOTE ? endOfString(bytes, at, limit) : endOfToken(bytes, at, limit);

/** Longer strings are no names of anything. */
const LONGEST_NAME = 64;
const COLON = 0x3a;

/** The short strings in a value, at any depth, that are values themselves and hold no escape. */
export function stringsIn(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let i = bytes.indexOf(QUOTE); i >= 0;) {
    const end = endOfString(bytes, i, bytes.length);
    if (end < 0) break;
    let after = end;
    while (isSpace(bytes[after])) after += 1;
    const isShort = end - i <= LONGEST_NAME + 2;
    if (isShort && bytes[after] !== COLON) found.push(bytes.toString('latin1', i + 1, end - 1));
    i = bytes.indexOf(QUOTE, end);
  }
  return found;
}
