import { Column, Entity, PrimaryColumn } from 'typeorm';

import { KeyText } from './columns.js';

/**
 * Where each partition goes on. Committed together with the rows that the records before it made, and fenced by its
 * own value: who expects another one is too late.
 */
@Entity('offsets')
export class Offset {
  @KeyText() topic!: string;
  @PrimaryColumn({ type: 'smallint' }) partition!: number;
  @Column({ type: 'bigint' }) next_enriched!: number;
  /** Next raw offset; null in topics that hold no outcomes. */
  @Column({ type: 'bigint', nullable: true }) next_raw!: number | null;
}
