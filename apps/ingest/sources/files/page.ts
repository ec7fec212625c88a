import { recognise, skipSpace } from '#libs/events';

import { framed } from './framer.js';
import type { Piece } from './piece.js';
import { type Member, type TopLevel, topLevel } from './top-level.js';

/** One object of a page's `includes`: a user, a post, a place, a picture. */
interface Included {
  readonly kind: string;
  readonly bytes: Buffer;
  /** What others call it. */
  readonly names: readonly string[];
  /** What it refers to, by whatever field. */
  readonly mentions: readonly string[];
}

/** Longer strings are no names of anything. */
const LONGEST_NAME = 64;
const OPEN_OBJECT = '{'.charCodeAt(0);
const OPEN_ARRAY = '['.charCodeAt(0);

/**
 * The posts of an X v2 page, each made self-contained: `{"data":<its bytes>,"includes":{…}}` with those included
 * objects, byte for byte, that it names or that a post it names does. `elements` are those of the page's `data`;
 * what is no post of v2 is given back as it is.
 */
export function* v2Records(page: Buffer, members: TopLevel, elements: readonly Piece[]): Generator<Piece> {
  const includes = new Includes(page, members.get('includes'));
  const marker = markerOf(page, members);
  for (const element of elements) {
    const { format } = recognise(element.bytes);
    if (element.kind !== 'value' || format === 'x.v1') yield element;
    else {
      const bytes = Buffer.concat([
        marker,
        Buffer.from('"data":'),
        element.bytes,
        ...includes.of(element.bytes),
        CLOSE,
      ]);
      yield recognise(bytes).format === 'x.v2' ? { ...element, bytes } : element;
    }
  }
}

const CLOSE = Buffer.from('}');
const COMMA = Buffer.from(',');

/** How each record opens: a page of generated posts hands its mark on. */
function markerOf(page: Buffer, members: TopLevel): Buffer {
  const [[key, value] = ['', undefined]] = members;
  if (key !== 'simulated' || !value) return Buffer.from('{');
  return Buffer.concat([Buffer.from('{"simulated":'), page.subarray(value.at, value.end), COMMA]);
}

class Includes {
  readonly #all: Included[] = [];
  readonly #byName = new Map<string, Included[]>();

  constructor(page: Buffer, includes: Member | undefined) {
    if (includes?.opens !== OPEN_OBJECT) return;
    for (const [kind, { at, end, opens }] of topLevel(page, includes.at) ?? []) {
      if (opens !== OPEN_ARRAY) continue;
      const list: Piece = {
        kind: 'value',
        bytes: page.subarray(at, end),
        line: 1,
        offset: 0,
        archive: false,
      };
      for (const { bytes } of framed(list, false)) this.#add(kind, bytes);
    }
  }

  #add(kind: string, bytes: Buffer): void {
    const value = parsed(bytes);
    const item: Included = { kind, bytes, names: namesOf(value), mentions: stringsIn(value) };
    this.#all.push(item);
    for (const name of item.names) this.#byName.set(name, [...(this.#byName.get(name) ?? []), item]);
  }

  /** The bytes after `data`: what the post there refers to, and what the posts it refers to do. */
  of(post: Buffer): Buffer[] {
    if (this.#all.length === 0) return [];
    const wanted = new Set<Included>();
    const direct = this.#named(stringsIn(parsed(post)));
    for (const item of direct) {
      wanted.add(item);
      if (item.kind === 'tweets') for (const further of this.#named(item.mentions)) wanted.add(further);
    }
    return wanted.size === 0 ? [] : written(this.#all.filter((item) => wanted.has(item)));
  }

  #named(names: readonly string[]): Included[] {
    return names.flatMap((name) => this.#byName.get(name) ?? this.#byName.get(name.toLowerCase()) ?? []);
  }
}

/** `,"includes":{"users":[…],…}` */
function written(items: readonly Included[]): Buffer[] {
  const parts: Buffer[] = [];
  let kind: string | null = null;
  for (const item of items) {
    if (item.kind === kind) parts.push(COMMA);
    else parts.push(Buffer.from(`${kind === null ? ',"includes":{' : '],'}${JSON.stringify(item.kind)}:[`));
    parts.push(item.bytes);
    ({ kind } = item);
  }
  return [...parts, Buffer.from(']}')];
}

/** Numbers come out inexact; only strings are looked at, and in v2 every id is one. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', skipSpace(bytes, 0)));
  } catch {
    // What cannot be read refers to nothing; enrich will say what is wrong with it.
    return null;
  }
}

function namesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { id, media_key: mediaKey, username } = value as Record<string, unknown>;
  const names = [id, mediaKey, typeof username === 'string' ? username.toLowerCase() : null];
  return names.filter((name) => typeof name === 'string');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length <= LONGEST_NAME ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
