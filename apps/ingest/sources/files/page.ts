import { Members, recognise, stringAt } from '#libs/events';

import { framed } from './framer.js';
import { stringsIn } from './json-value.js';
import type { Piece } from './piece.js';
import { type Member, type TopLevel, topLevel } from './top-level.js';

/** One object of a page's `includes`: a user, a post, a place, a picture. */
interface Included {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Its place among all that the page includes. */
  readonly order: number;
  /** What it refers to itself, null until somebody asks. */
  named: readonly Included[] | null;
}

const CLOSE = Buffer.from('}');
const COMMA = Buffer.from(',');
const DATA = Buffer.from('"data":');
const OPEN_OBJECT = '{'.charCodeAt(0);
const OPEN_ARRAY = '['.charCodeAt(0);
/** What others call an included object by. Users are mentioned by name, in whatever case. */
const nameKeys = new Map(['id', 'media_key', 'username'].map((key) => [key, true]));

/**
 * The posts of an X v2 page, each made self-contained: `{"data":<its bytes>,"includes":{…}}` with those included
 * objects, byte for byte, that it names or that a post it names does. `elements` are those of the page's `data`;
 * what is no post of v2 is given back as it is.
 */
export function* v2Records(page: Buffer, members: TopLevel, elements: readonly Piece[]): Generator<Piece> {
  const includes = new Includes(page, members.get('includes'));
  const opening = openingOf(page, members);
  for (const element of elements) {
    if (element.kind !== 'value' || recognise(element.bytes).format !== 'x.v2') yield element;
    else {
      const parts = [opening, DATA, element.bytes, ...includes.of(element.bytes), CLOSE];
      yield { ...element, bytes: Buffer.concat(parts) };
    }
  }
}

/** How each record opens: a page of generated posts hands its mark on. */
function openingOf(page: Buffer, members: TopLevel): Buffer {
  const [[key, value] = ['', undefined]] = members;
  if (key !== 'simulated' || !value) return Buffer.from('{');
  return Buffer.concat([Buffer.from('{"simulated":'), page.subarray(value.at, value.end), COMMA]);
}

class Includes {
  readonly #byName = new Map<string, Included[]>();
  #count = 0;

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
      for (const { bytes } of framed(list, false))
        this.#add({ kind, bytes, order: this.#count++, named: null });
    }
  }

  #add(item: Included): void {
    const members = new Members(item.bytes, 0);
    while (members.next()) {
      const name = members.lookUp(nameKeys) ? stringAt(item.bytes, members.valueAt)?.toLowerCase() : null;
      if (!name) continue;
      const others = this.#byName.get(name);
      if (others) others.push(item);
      else this.#byName.set(name, [item]);
    }
  }

  /** The bytes after `data`: what the post there refers to, and what the posts it refers to do. */
  of(post: Buffer): Buffer[] {
    if (this.#count === 0) return [];
    const wanted = new Set<Included>();
    for (const item of this.#namedBy(post)) {
      wanted.add(item);
      if (item.kind !== 'tweets') continue;
      item.named ??= this.#namedBy(item.bytes);
      for (const further of item.named) wanted.add(further);
    }
    return wanted.size === 0 ? [] : written([...wanted].toSorted((a, b) => a.order - b.order));
  }

  /** By whatever field: every id of v2 is a string, and no other string looks like one. */
  #namedBy(bytes: Buffer): Included[] {
    const named: Included[] = [];
    for (const name of stringsIn(bytes)) {
      const items = this.#byName.get(name) ?? this.#byName.get(name.toLowerCase());
      if (items) named.push(...items);
    }
    return named;
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
