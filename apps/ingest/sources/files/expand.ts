import { isUtf8 } from 'node:buffer';

import { MAX_RECORD_BYTES, recognise, type Recognised, skipSpace, stringAt } from '#libs/events';

import type { FoundRecord } from '../source.js';
import { probeObject } from './containers.js';
import { framed } from './framer.js';
import { oversizeNote } from './oversize.js';
import { v2Records } from './page.js';
import type { Piece } from './piece.js';
import { type Member, type TopLevel, topLevel } from './top-level.js';

/** A record that does not know its position yet. */
export type Found = Omit<FoundRecord, 'position' | 'replayOf'>;

/** Recorded answers inside recorded answers go no deeper than anybody would make them. */
const DEEPEST = 8;
const UNKNOWN: Recognised = { format: 'unknown', identity: null };
const OVERSIZE: Recognised = { format: 'oversize', identity: null };
const QUOTE = '"'.charCodeAt(0);
const OPEN_OBJECT = '{'.charCodeAt(0);
const OPEN_ARRAY = '['.charCodeAt(0);

/** Opens what holds several records, down to the records: pages, recorded answers, rows, lists. */
export class Expander {
  /** `skip` hears, in words for a person, of what gave no record. */
  constructor(private readonly skip: (what: string) => void) {}

  *expand(piece: Piece, depth = 0): Generator<Found> {
    if (piece.kind === 'oversize') yield found(piece, OVERSIZE);
    else if (piece.kind === 'broken' || depth > DEEPEST) yield found(piece, UNKNOWN);
    else {
      const recognised = recognise(piece.bytes, piece.archive ? 'x.archive' : undefined);
      if (recognised.format === 'unknown') yield* this.#open(piece, depth + 1);
      else yield found(piece, recognised);
    }
  }

  *#open(piece: Piece, depth: number): Generator<Found> {
    const { bytes } = piece;
    const at = skipSpace(bytes, 0);
    if (bytes[at] === OPEN_ARRAY) yield* this.#inside(piece, depth);
    else if (bytes[at] === OPEN_OBJECT) yield* this.#object(piece, topLevel(bytes, at), depth);
    else yield found(piece, UNKNOWN);
  }

  *#object(piece: Piece, members: TopLevel | null, depth: number): Generator<Found> {
    const opens = (key: string, byte: number) => members?.get(key)?.opens === byte;
    if (!members) yield found(piece, UNKNOWN);
    else if (isExchange(members)) yield* this.#exchange(piece, members, depth);
    else if (opens('data', OPEN_ARRAY)) yield* this.#page(piece, members, depth);
    else if (opens('doc', OPEN_OBJECT)) yield* this.expand(part(piece, members, 'doc'), depth);
    else if (isContainer(piece.bytes)) yield* this.#inside(piece, depth);
    else if (members.has('key') && opens('value', OPEN_OBJECT))
      yield* this.expand(part(piece, members, 'value'), depth);
    else yield found(piece, UNKNOWN);
  }

  /** An array, an object with a list of posts, or a map of posts. */
  *#inside(piece: Piece, depth: number): Generator<Found> {
    for (const inner of framed(piece, false)) yield* this.expand(inner, depth);
  }

  *#page(piece: Piece, members: TopLevel, depth: number): Generator<Found> {
    const elements = framed(part(piece, members, 'data'), false);
    for (const element of v2Records(piece.bytes, members, elements)) yield* this.expand(element, depth);
  }

  *#exchange(piece: Piece, members: TopLevel, depth: number): Generator<Found> {
    const status = Number(text(piece.bytes, members.get('status')));
    if (status < 200 || status > 299) return this.skip(`an answer with status ${status}`);
    const body = bodyOf(piece.bytes, members.get('body'));
    const first = body && body[skipSpace(body, 0)];
    if (!body || (first !== OPEN_OBJECT && first !== OPEN_ARRAY)) return this.skip('an answer without posts');
    const inner: Piece = { ...piece, bytes: body };
    for (const each of framed(inner, true)) {
      // Beside the answers they came in, these say nothing that is about a post.
      const at = { ...each, line: piece.line, offset: piece.offset };
      if (isBareEnvelope(each.bytes)) this.skip('an answer without posts');
      else yield* this.expand(at, depth);
    }
  }
}

function isExchange(members: TopLevel): boolean {
  const status = members.get('status')?.opens;
  return (
    members.has('body') && members.has('url') && status !== undefined && status >= 0x31 && status <= 0x39
  );
}

function isContainer(bytes: Buffer): boolean {
  const { kind } = probeObject(bytes, skipSpace(bytes, 0), bytes.length);
  return kind === 'list' || kind === 'map';
}

function isBareEnvelope(bytes: Buffer): boolean {
  const { format, identity } = recognise(bytes);
  if (format !== 'control' || identity) return false;
  const members = topLevel(bytes, skipSpace(bytes, 0));
  return Boolean(
    members && (members.has('meta') || members.has('errors') || members.has('connection_issue')),
  );
}

function bodyOf(bytes: Buffer, body: Member | undefined): Buffer | null {
  if (!body) return null;
  if (body.opens !== QUOTE) return bytes.subarray(body.at, body.end);
  const decoded = stringAt(bytes, body.at);
  return decoded === null ? null : Buffer.from(decoded);
}

const text = (bytes: Buffer, member: Member | undefined): string =>
  member ? bytes.toString('latin1', member.at, member.end) : '';

function part(piece: Piece, members: TopLevel, key: string): Piece {
  const { at, end } = members.get(key) ?? { at: 0, end: 0 };
  let { line } = piece;
  for (let i = piece.bytes.indexOf(10); i >= 0 && i < at; i = piece.bytes.indexOf(10, i + 1)) line += 1;
  return { ...piece, bytes: piece.bytes.subarray(at, end), line, offset: piece.offset + at };
}

function found(piece: Piece, { format, identity }: Recognised): Found {
  const { line, offset, bytes } = piece;
  const place = { line, offset };
  if (bytes.length > MAX_RECORD_BYTES) {
    return { bytes: oversizeNote(bytes), ...OVERSIZE, encoding: 'utf-8', place };
  }
  return { bytes, format, identity, encoding: isUtf8(bytes) ? 'utf-8' : 'invalid', place };
}
