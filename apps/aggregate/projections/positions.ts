import { Column, Entity, PrimaryColumn } from 'typeorm';

import { KeyText } from './columns.js';
import { projection } from './projection.js';

/** The highest position of a source in a partition: what is not above it was delivered before. */
@Entity('positions')
export class Position {
  @KeyText() source!: string;
  @PrimaryColumn({ type: 'smallint' }) partition!: number;
  @Column({ type: 'bigint' }) highest!: number;
}

export const positions = projection<Position>({
  table: 'positions',
  entity: Position,
  key: ['source', 'partition'],
  merge: { highest: 'max' },
  fold: {},
});
