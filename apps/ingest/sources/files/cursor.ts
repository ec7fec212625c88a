import type { Piece } from './piece.js';

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;

/**
 * A place in a decoded file of any length, of which only the unread part is held. Bytes handed out stay valid for
 * ever: memory is only ever written behind them.
 */
export class Cursor {
  /** What is held; reading goes on at `at`. */
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  /** Nothing comes after `bytes`. */
  final = false;
  #store: Buffer = this.bytes;
  /** Offset in the file of the first byte held. */
  #base = 0;
  #line = 1;
  /** Offset in the file where the present line begins. */
  #lineStart = 0;
  #onlySpace = true;
  /** The line feed last found, and up to where there is none before it or at all. */
  #feed = -1;
  #searched = 0;

  get held(): number {
    return this.bytes.length - this.at;
  }

  get offset(): number {
    return this.#base + this.at;
  }

  /** How far the present place is indented, −1 where something stands before it in its line. */
  get indent(): number {
    return this.#onlySpace ? this.offset - this.#lineStart : -1;
  }

  /** Index of the next line feed, -1 where none is held. Remembered: the search may go through a whole chunk. */
  get feed(): number {
    if (this.#feed >= this.at) return this.#feed;
    this.#feed = this.bytes.indexOf(LINE_FEED, Math.max(this.at, this.#searched));
    this.#searched = this.#feed < 0 ? this.bytes.length : this.#feed + 1;
    return this.#feed;
  }

  append(chunk: Buffer): void {
    const { at, bytes, held } = this;
    if (held > 0 && bytes.length + chunk.length <= this.#store.length) {
      chunk.copy(this.#store, bytes.length);
      this.bytes = this.#store.subarray(0, bytes.length + chunk.length);
      return;
    }
    this.#base += at;
    this.#feed -= at;
    this.#searched = Math.max(0, this.#searched - at);
    this.at = 0;
    if (held === 0) {
      this.#store = chunk;
      this.bytes = chunk;
      return;
    }
    // Room for as much again, so that a long value is not copied with every chunk.
    this.#store = Buffer.allocUnsafeSlow(held + Math.max(held, chunk.length));
    bytes.copy(this.#store, 0, at);
    chunk.copy(this.#store, held);
    this.bytes = this.#store.subarray(0, held + chunk.length);
  }

  /** Passes over what separates values: white space, control characters, commas, semicolons. False at the end. */
  skipSeparators(): boolean {
    const { bytes } = this;
    const end = bytes.length;
    let i = this.at;
    for (; i < end; i += 1) {
      const byte = bytes[i] as number;
      if (byte === LINE_FEED) this.#newLine(i + 1);
      else if (byte === COMMA || byte === SEMICOLON) this.#onlySpace = false;
      else if (byte > SPACE) break;
    }
    this.at = i;
    return i < end;
  }

  /** Goes on at `to`. */
  advance(to: number): void {
    this.#onlySpace = false;
    for (let feed = this.feed; feed >= 0 && feed < to; feed = this.feed) {
      this.#newLine(feed + 1);
      this.at = feed + 1;
    }
    if (this.#onlySpace) this.#onlySpace = this.#base + to === this.#lineStart;
    this.at = to;
  }

  /** The bytes up to `end` without the white space around them, and goes on there. */
  take(kind: Piece['kind'], end: number, archive: boolean): Piece {
    const piece = this.#piece(kind, this.bytes.subarray(this.at, trimmed(this.bytes, this.at, end)), archive);
    this.advance(end);
    return piece;
  }

  /** The same for bytes that hold no line feed. */
  takeLine(bytes: Buffer, archive: boolean): Piece {
    const piece = this.#piece('value', bytes, archive);
    this.#onlySpace = false;
    this.at += bytes.length;
    return piece;
  }

  #piece(kind: Piece['kind'], bytes: Buffer, archive: boolean): Piece {
    return { kind, bytes, line: this.#line, offset: this.offset, archive };
  }

  get line(): number {
    return this.#line;
  }

  #newLine(start: number): void {
    this.#line += 1;
    this.#lineStart = this.#base + start;
    this.#onlySpace = true;
  }
}

/** Index after the last byte before `end` that is no white space or control character. */
export function trimmed(bytes: Buffer, start: number, end: number): number {
  let i = end;
  while (i > start && (bytes[i - 1] as number) <= SPACE) i -= 1;
  return i;
}
