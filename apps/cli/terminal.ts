import type { Writable } from 'node:stream';

/** Where a command writes. `out` is what was asked for, `err` is everything said beside it. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether a person looks at `err`: progress bars are for them only. */
  readonly interactive: boolean;
}

export const print = (stream: Writable, text: string) => void stream.write(`${text}\n`);

/** Text that strangers wrote must not move the cursor, nor pass for ours. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

const separated = new Intl.NumberFormat('en-US');
export const number = (value: number) => separated.format(value);

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** 2026-11-21 14:32, UTC; a dash where unknown. */
export const moment = (iso: string | null) =>
  iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;

export function shorten(text: string, length: number): string {
  const characters = Array.from(plain(text));
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}
