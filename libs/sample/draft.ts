import type { Account } from './accounts.js';
import type { Place } from './places.js';
import { codePoints, type Word } from './words.js';

/** [start, end) in code points of the text. */
export type Span = readonly [start: number, end: number];

export interface Tag {
  readonly text: string;
  readonly span: Span;
}
export interface Mention {
  readonly account: Account;
  readonly span: Span;
}
export interface Link {
  readonly short: string;
  readonly expanded: string;
  readonly display: string;
  readonly span: Span;
}
export interface MediaItem {
  readonly id: string;
  readonly key: string;
  readonly type: 'photo' | 'video' | 'animated_gif';
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}
/** A gallery has one link in the text. */
export interface Gallery {
  readonly short: string;
  readonly display: string;
  readonly span: Span;
  readonly items: readonly MediaItem[];
}

/** What somebody wrote, in full, with all its entities. */
export interface Body {
  readonly text: string;
  readonly length: number;
  readonly tags: readonly Tag[];
  readonly mentions: readonly Mention[];
  readonly links: readonly Link[];
  readonly gallery: Gallery | null;
}

/** A post before it is written in one of the platform's formats. Counts grow while the run lasts. */
export interface Draft {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly account: Account;
  readonly body: Body;
  readonly language: string;
  readonly client: number;
  readonly place: Place | null;
  readonly point: readonly [lon: number, lat: number] | null;
  readonly repostOf: Draft | null;
  readonly quoteOf: Draft | null;
  readonly replyTo: Draft | null;
  /** The older look of the same post: `text` cut at 140, the rest in `extended_tweet`. */
  readonly compatible: boolean;
  /** Long enough that the link of a compatible one needs a key. */
  readonly key: string;
  reposts: number;
  quotes: number;
  replies: number;
  likes: number;
}

/** Puts a text together and keeps count of where its entities are. */
export class BodyBuilder {
  #text = '';
  #length = 0;
  readonly #tags: Tag[] = [];
  readonly #mentions: Mention[] = [];
  readonly #links: Link[] = [];
  #gallery: Gallery | null = null;

  get length(): number {
    return this.#length;
  }

  add(word: Word): this {
    this.#text += word.text;
    this.#length += word.length;
    return this;
  }

  addText(text: string): this {
    this.#text += text;
    this.#length += codePoints(text);
    return this;
  }

  /** A blank, unless there is nothing before it. */
  space(): this {
    return this.#length === 0 ? this : this.addText(' ');
  }

  tag(tag: Word): this {
    this.#tags.push({ text: tag.text, span: this.#advance(`#${tag.text}`, tag.length + 1) });
    return this;
  }

  mention(account: Account): this {
    const text = `@${account.screenName}`;
    this.#mentions.push({ account, span: this.#advance(text, text.length) });
    return this;
  }

  link(key: string, expanded: string): this {
    const short = `https://t.example/${key}`;
    const bare = expanded.replace(/^https?:\/\//iu, '');
    const display = bare.length > 30 ? `${bare.slice(0, 29)}…` : bare;
    this.#links.push({ short, expanded, display, span: this.#advance(short, short.length) });
    return this;
  }

  gallery(key: string, items: readonly MediaItem[]): this {
    const short = `https://t.example/${key}`;
    this.#gallery = {
      short,
      display: `pic.sim.example/${key}`,
      items,
      span: this.#advance(short, short.length),
    };
    return this;
  }

  build(): Body {
    return {
      text: this.#text,
      length: this.#length,
      tags: this.#tags,
      mentions: this.#mentions,
      links: this.#links,
      gallery: this.#gallery,
    };
  }

  #advance(text: string, length: number): Span {
    const start = this.#length;
    this.#text += text;
    this.#length += length;
    return [start, this.#length];
  }
}

/** The first `length` code points of a text. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = 0;
  for (let points = 0; points < length && end < text.length; points += 1) {
    end += (text.charCodeAt(end) & 0xfc00) === 0xd800 ? 2 : 1;
  }
  return text.slice(0, end);
}
