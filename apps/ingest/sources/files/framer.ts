import { ASSIGNMENT_BYTES, assignmentIn } from './assignment.js';
import { type Container, containerOf, keyAt, probeObject } from './containers.js';
import { Cursor, trimmed } from './cursor.js';
import { endOfValue, INCOMPLETE, invalidAt, opensValue } from './json-value.js';
import { OversizeNote } from './oversize.js';
import type { Piece } from './piece.js';
import { endOfBroken, endOfBrokenElement } from './resync.js';
import { LineSkim, type Skim, TokenSkim, ValueSkim } from './skim.js';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const BETWEEN_OBJECTS = Buffer.from('}{');
/** What cannot begin a line if the one before was a whole value. */
const goesOn: ReadonlySet<number | undefined> = new Set(Buffer.from(',}]":'));

const endsStray: ReadonlySet<number | undefined> = new Set(Buffer.from('\n,]{'));

export interface Limits {
  /** Bytes in which a value may end with its line; a longer one is read by its brackets. */
  readonly line: number;
  /** The longest value that is held as a whole: a page of posts with all that they refer to must fit. */
  readonly held: number;
}

const usualLimits: Limits = { line: 1024 * 1024, held: 64 * 1024 * 1024 };

/** Passing over what is too long to hold, or nobody wants. */
interface Passing {
  readonly skim: Skim;
  readonly note: OversizeNote | null;
  readonly line: number;
  readonly offset: number;
}

export interface FramerOptions {
  /** A value may be taken for whole because it is a line of its own; false: believe brackets only. */
  readonly lines: boolean;
  readonly archive: boolean;
  /** Hears the name of each part of a personal archive that holds no posts. */
  readonly onOtherPart?: (name: string) => void;
  readonly limits?: Limits;
}

/**
 * Finds the values in a file that comes in chunks of any size: one per line, in arrays, below the keys of search
 * answers, dumps and look-up maps, one after the other with text between them. What it finds depends on the bytes only,
 * never on the chunks: every step either has all the bytes it looks at, or waits for more.
 */
export class Framer {
  readonly #cursor = new Cursor();
  /**
   * What is around the present place, innermost last; `rest` is what follows the list in its object, `entry` the value
   * of a map's member.
   */
  readonly #inside: (Container | 'rest' | 'entry')[] = [];
  #pieces: Piece[] = [];
  /** Bytes to hold before it is worth looking at the present value again: twice as many each time. */
  #wanted = 0;
  #passing: Passing | null = null;
  #archive: boolean;
  readonly #limits: Limits;

  constructor(private readonly options: FramerOptions) {
    this.#archive = options.archive;
    this.#limits = options.limits ?? usualLimits;
  }

  feed(chunk: Buffer): Piece[] {
    this.#cursor.append(chunk);
    return this.#run();
  }

  /** Nothing comes any more: what is unfinished is given as broken. */
  end(): Piece[] {
    this.#cursor.final = true;
    this.#wanted = 0;
    const pieces = this.#run();
    if (this.#passing) this.#passed(this.#passing);
    return pieces;
  }

  #run(): Piece[] {
    this.#pieces = [];
    const cursor = this.#cursor;
    while (cursor.held > 0 && cursor.held >= this.#wanted) if (!this.#step()) break;
    return this.#pieces;
  }

  /** One value, bracket or stretch of text; false where it takes more bytes than there are. */
  #step(): boolean {
    if (this.#passing) return this.#pass(this.#passing);
    if (!this.#cursor.skipSeparators()) return false;
    switch (this.#inside.at(-1)) {
      case undefined:
        return this.#top();
      case 'list':
        return this.#element();
      case 'entry':
        return this.#entry();
      case 'map':
      case 'rest':
        return this.#member();
    }
  }

  #top(): boolean {
    const { bytes, at } = this.#cursor;
    if (bytes[at] === OPEN_OBJECT) return (this.options.lines && this.#wholeLine()) || this.#object();
    if (bytes[at] === OPEN_ARRAY) return this.#enter('list', at + 1);
    return this.#assignment() ?? this.#text();
  }

  /** The fast path: a line from brace to brace. */
  #wholeLine(): boolean {
    const cursor = this.#cursor;
    const { bytes, at, final } = cursor;
    const { feed } = cursor;
    if (feed < 0 ? !final || cursor.held > this.#limits.line : feed - at > this.#limits.line) return false;
    const end = trimmed(bytes, at, feed < 0 ? bytes.length : feed);
    if (bytes[end - 1] !== CLOSE_OBJECT || !this.#standsAlone(feed)) return false;
    const line = bytes.subarray(at, end);
    if (line.includes(BETWEEN_OBJECTS)) return false;
    this.#pieces.push(cursor.takeLine(line, this.#archive));
    this.#wanted = 0;
    return true;
  }

  /** Whether what follows the line that ends at `feed` does not go on with its value. Unknown counts as no. */
  #standsAlone(feed: number): boolean {
    const { bytes, final } = this.#cursor;
    if (feed < 0) return true;
    let next = feed + 1;
    while (next < bytes.length && (bytes[next] as number) <= 0x20) next += 1;
    return next < bytes.length ? !goesOn.has(bytes[next]) : final;
  }

  #object(): boolean {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    if (this.#mayBeLine()) return this.#more();
    const probe = probeObject(bytes, at, this.#limit);
    if (probe.kind === 'whole') return this.#take('value', probe.end);
    if (probe.kind !== 'failed') {
      if (probe.kind === 'list' || probe.at > at + 1) this.#inside.push('rest');
      return this.#enter(probe.kind, probe.at);
    }
    return this.#unfinished(probe.result, (limit) => endOfBroken(bytes, at, limit));
  }

  /** More bytes could still show that the present value is a whole line. */
  #mayBeLine(): boolean {
    const cursor = this.#cursor;
    if (!this.options.lines || cursor.final) return false;
    const { feed } = cursor;
    if (feed < 0) return cursor.held <= this.#limits.line;
    if (feed - cursor.at > this.#limits.line) return false;
    return trimmed(cursor.bytes, feed, cursor.bytes.length) === feed;
  }

  #element(): boolean {
    const { bytes, at } = this.#cursor;
    if (bytes[at] === CLOSE_ARRAY) return this.#leave();
    return opensValue(bytes[at]) ? this.#value(at) : this.#stray();
  }

  /** What cannot begin an element ends where the next one, or the list, may go on. */
  #stray(): boolean {
    const cursor = this.#cursor;
    const limit = this.#limit;
    let end = cursor.at + 1;
    while (end < limit && !endsStray.has(cursor.bytes[end])) end += 1;
    if (end < limit) return this.#take('broken', end);
    if (cursor.held >= this.#limits.held) return this.#passOver(new OversizeNote(), new LineSkim());
    return cursor.final ? this.#take('broken', end) : this.#more();
  }

  /** A member of a map of posts, or of what follows a list in its object. */
  #member(): boolean {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    if (bytes[at] === CLOSE_OBJECT) return this.#leave();
    const member = keyAt(bytes, at, this.#limit);
    if (member.key === null) return this.#unfinished(member.at, () => -1);
    const isMap = this.#inside.at(-1) === 'map';
    if (!isMap && containerOf(member.key, bytes[member.at]) === 'list')
      return this.#enter('list', member.at + 1);
    this.#skip(member.at);
    if (isMap) this.#inside.push('entry');
    else this.#ignore();
    return true;
  }

  #entry(): boolean {
    if (!this.#value(this.#cursor.at)) return false;
    this.#inside.pop();
    return true;
  }

  /** What stands beside the posts in their object. Numbers and words are passed over as separators would be. */
  #ignore(): void {
    const { bytes, at } = this.#cursor;
    const byte = bytes[at];
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY || byte === QUOTE) this.#passOver(null);
    else this.#passOver(null, new TokenSkim());
  }

  /** A value inside a container. Null stands for a post that is not there. */
  #value(at: number): boolean {
    const cursor = this.#cursor;
    const { bytes, indent } = cursor;
    const final = this.#seesEnd;
    const end = endOfValue(bytes, at, this.#limit, final);
    if (end >= 0) {
      if (end - at === 4 && bytes.toString('latin1', at, end) === 'null') return this.#skip(end);
      return this.#take('value', end);
    }
    return this.#unfinished(end, (limit) => endOfBrokenElement(bytes, at, limit, { indent, final }));
  }

  /** A value that did not end: wait, pass over what is too long, or give up on it where it can be told apart. */
  #unfinished(result: number, endOf: (limit: number) => number): boolean {
    const cursor = this.#cursor;
    const limit = this.#limit;
    const isLong = cursor.held >= this.#limits.held;
    if (result === INCOMPLETE && isLong) return this.#passOver(new OversizeNote());
    if (result === INCOMPLETE && !cursor.final) return this.#more();
    const end = endOf(limit);
    if (end > cursor.at) return this.#take('broken', end);
    if (isLong) return this.#passOver(new OversizeNote(), new LineSkim());
    if (!cursor.final) return this.#more();
    const wrong = result === INCOMPLETE ? limit : Math.min(limit, Math.max(cursor.at, invalidAt(result)));
    const feed = cursor.bytes.indexOf(LINE_FEED, wrong);
    return this.#take('broken', feed < 0 ? cursor.bytes.length : feed);
  }

  /** Null where the text here is no assignment. */
  #assignment(): boolean | null {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    if (cursor.held < ASSIGNMENT_BYTES && !cursor.final) return this.#more();
    const found = assignmentIn(bytes.toString('latin1', at, at + ASSIGNMENT_BYTES));
    if (!found) return null;
    cursor.advance(at + found.length);
    this.#archive = found.posts;
    if (found.posts) return true;
    this.options.onOtherPart?.(found.name);
    return this.#passOver(null);
  }

  #text(): boolean {
    const cursor = this.#cursor;
    const { feed } = cursor;
    if (feed >= 0) return this.#take('broken', feed);
    if (cursor.held >= this.#limits.held) return this.#passOver(new OversizeNote(), new LineSkim());
    return cursor.final ? this.#take('broken', cursor.bytes.length) : this.#more();
  }

  #passOver(note: OversizeNote | null, skim: Skim = new ValueSkim()): boolean {
    const { line, offset } = this.#cursor;
    this.#passing = { skim, note, line, offset };
    this.#wanted = 0;
    return true;
  }

  #pass(passing: Passing): boolean {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    const end = passing.skim.take(bytes, at, bytes.length);
    const stop = end < 0 ? bytes.length : end;
    passing.note?.add(bytes.subarray(at, stop));
    cursor.advance(stop);
    if (end >= 0) this.#passed(passing);
    return end >= 0;
  }

  #passed({ note, line, offset }: Passing): void {
    this.#passing = null;
    if (!note) return;
    this.#pieces.push({ kind: 'oversize', bytes: note.finish(), line, offset, archive: this.#archive });
  }

  #take(kind: Piece['kind'], end: number): boolean {
    this.#pieces.push(this.#cursor.take(kind, end, this.#archive));
    this.#wanted = 0;
    return true;
  }

  #skip(end: number): boolean {
    this.#cursor.advance(end);
    this.#wanted = 0;
    return true;
  }

  #enter(container: Container, at: number): boolean {
    this.#inside.push(container);
    return this.#skip(at);
  }

  #leave(): boolean {
    this.#inside.pop();
    return this.#skip(this.#cursor.at + 1);
  }

  #more(): false {
    this.#wanted = this.#cursor.held * 2;
    return false;
  }

  /** Everything that is left is held, and is looked at. */
  get #seesEnd(): boolean {
    return this.#cursor.final && this.#cursor.held < this.#limits.held;
  }

  get #limit(): number {
    const { bytes, at } = this.#cursor;
    return Math.min(bytes.length, at + this.#limits.held);
  }
}

/** The pieces inside a piece that is held as a whole, placed in the file around it. */
export function framed(piece: Piece, lines: boolean): Piece[] {
  const framer = new Framer({ lines, archive: piece.archive });
  return [...framer.feed(piece.bytes), ...framer.end()].map((inner) => ({
    ...inner,
    line: piece.line + inner.line - 1,
    offset: piece.offset + inner.offset,
  }));
}
