import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';

/** Part of a key. Text is ordered by code point everywhere, whatever the database's own language is. */
export const KeyText = () => PrimaryColumn({ type: 'text', collation: 'C' });
export const Text = (options: ColumnOptions = {}) => Column({ type: 'text', collation: 'C', ...options });
export const Count = () => Column({ type: 'bigint', default: 0 });
export const Time = (options: ColumnOptions = {}) => Column({ type: 'timestamptz', ...options });
export const optional: ColumnOptions = { nullable: true };
