const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

export const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The bytes read so far are the beginning of a value. */
export const INCOMPLETE = -1;

/** What the scan says of bytes that no continuation makes a value: where the first impossible byte is. */
export const invalidAt = (result: number): number => -2 - result;
const invalid = (at: number): number => -2 - at;

const enum Expect {
  Value,
  ValueOrClose,
  Key,
  KeyOrClose,
  Colon,
  CommaOrClose,
}

export const isToken = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x2d ||
  byte === 0x2b ||
  byte === 0x2e;

/** Index after the string that opens at `at`; INCOMPLETE, or invalid where it holds a raw control character. */
export function endOfString(bytes: Buffer, at: number, limit: number): number {
  for (let i = at + 1; i < limit; i += 1) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i += 1;
    else if (byte < 0x20) return invalid(i);
  }
  return INCOMPLETE;
}

function endOfToken(bytes: Buffer, at: number, limit: number): number {
  let i = at;
  while (i < limit && isToken(bytes[i] as number)) i += 1;
  return i;
}

/** One pass over one value: structure and strings are checked, the spelling of numbers and words is not. */
class ValueScan {
  #expect: Expect = Expect.Value;
  /** The open brackets, innermost last. An array, because depth is the sender's to choose. */
  readonly #open: number[] = [];

  constructor(
    private readonly bytes: Buffer,
    private readonly limit: number,
  ) {}

  run(at: number): number {
    const { bytes, limit } = this;
    let i = at;
    while (i < limit) {
      const byte = bytes[i] as number;
      if (isSpace(byte)) {
        i += 1;
        continue;
      }
      i = this.#take(byte, i);
      if (i < 0 || (this.#open.length === 0 && this.#expect === Expect.CommaOrClose)) return i;
    }
    return INCOMPLETE;
  }

  /** Index after what begins with `byte`, or how it failed. */
  #take(byte: number, at: number): number {
    switch (this.#expect) {
      case Expect.CommaOrClose:
        return this.#afterValue(byte, at);
      case Expect.Colon:
        this.#expect = Expect.Value;
        return byte === COLON ? at + 1 : invalid(at);
      case Expect.Key:
      case Expect.KeyOrClose:
        return this.#key(byte, at);
      case Expect.Value:
      case Expect.ValueOrClose:
        return this.#value(byte, at);
    }
  }

  #afterValue(byte: number, at: number): number {
    if (byte !== COMMA) return this.#close(byte, at);
    this.#expect = this.#open.at(-1) === OPEN_OBJECT ? Expect.Key : Expect.Value;
    return at + 1;
  }

  #key(byte: number, at: number): number {
    if (byte !== QUOTE) return this.#expect === Expect.KeyOrClose ? this.#close(byte, at) : invalid(at);
    this.#expect = Expect.Colon;
    return endOfString(this.bytes, at, this.limit);
  }

  #value(byte: number, at: number): number {
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#open.push(byte);
      this.#expect = byte === OPEN_OBJECT ? Expect.KeyOrClose : Expect.ValueOrClose;
      return at + 1;
    }
    if (byte === CLOSE_ARRAY && this.#expect === Expect.ValueOrClose) return this.#close(byte, at);
    this.#expect = Expect.CommaOrClose;
    if (byte === QUOTE) return endOfString(this.bytes, at, this.limit);
    const end = endOfToken(this.bytes, at, this.limit);
    if (end === at) return invalid(at);
    return end === this.limit ? INCOMPLETE : end;
  }

  #close(byte: number, at: number): number {
    const open = this.#open.pop();
    this.#expect = Expect.CommaOrClose;
    const fits =
      (byte === CLOSE_OBJECT && open === OPEN_OBJECT) || (byte === CLOSE_ARRAY && open === OPEN_ARRAY);
    return fits ? at + 1 : invalid(at);
  }
}

/**
 * Index after the value at `at`, looking at no byte from `limit` on. Negative: INCOMPLETE, or invalid (see
 * `invalidAt`). A number or word that touches the limit is incomplete.
 */
export const endOfValue = (bytes: Buffer, at: number, limit: number): number =>
  new ValueScan(bytes, limit).run(at);
