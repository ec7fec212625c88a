import { createHash } from 'node:crypto';

import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';

/** Part of a key. Text is ordered by code point everywhere, whatever the database's own language is. */
export const KeyText = () => PrimaryColumn({ type: 'text', collation: 'C' });
export const Text = (options: ColumnOptions = {}) => Column({ type: 'text', collation: 'C', ...options });
export const Count = () => Column({ type: 'bigint', default: 0 });
export const Time = (options: ColumnOptions = {}) => Column({ type: 'timestamptz', ...options });
export const optional: ColumnOptions = { nullable: true };

/** Postgres' B-trees take entries of 2.7 KB; a key has up to two texts of any length. */
const INDEXABLE_BYTES = 1_000;
const KEPT_CHARACTERS = 200;

/**
 * A text as it stands in a key. One that is too long for an index (a URL may have any length) is cut and told
 * from others with the same beginning by its SHA-256; who shows it stores the whole text beside the key.
 */
export function indexable(text: string): string {
  if (text.length * 3 <= INDEXABLE_BYTES || Buffer.byteLength(text) <= INDEXABLE_BYTES) return text;
  // Not through the middle of a surrogate pair, which Postgres could not store.
  const start = text.slice(0, KEPT_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}…${createHash('sha256').update(text).digest('hex')}`;
}
