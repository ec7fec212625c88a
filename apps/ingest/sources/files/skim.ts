import { isToken } from './json-value.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Passes over something of any length, chunk by chunk, and remembers where in it the last chunk ended. */
export interface Skim {
  /** Index after its end, looking at `from` to before `limit`; -1 where it goes on. */
  take(bytes: Buffer, from: number, limit: number): number;
}

/** A string, object or array, by depth and strings only: whether its inside is valid does not matter. */
export class ValueSkim implements Skim {
  #depth = 0;
  #inString = false;
  #escaped = false;

  take(bytes: Buffer, from: number, limit: number): number {
    for (let i = from; i < limit; i += 1) {
      const byte = bytes[i] as number;
      if (this.#inString) {
        if (this.#endsString(byte) && this.#depth === 0) return i + 1;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        this.#depth -= 1;
        if (this.#depth <= 0) return i + 1;
      }
    }
    return -1;
  }

  #endsString(byte: number): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
    return !this.#inString;
  }
}

/** The rest of a line, without its line feed. */
export class LineSkim implements Skim {
  take(bytes: Buffer, from: number, limit: number): number {
    const feed = bytes.indexOf(LINE_FEED, from);
    return feed < limit ? feed : -1;
  }
}

/** A number or word; any other byte ends it, and is never stopped at twice. */
export class TokenSkim implements Skim {
  #begun = false;

  take(bytes: Buffer, from: number, limit: number): number {
    let i = from;
    if (!this.#begun && i < limit) i += 1;
    this.#begun = true;
    while (i < limit && isToken(bytes[i] as number)) i += 1;
    return i < limit ? i : -1;
  }
}
