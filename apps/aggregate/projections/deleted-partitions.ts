import { Entity, PrimaryColumn } from 'typeorm';

import { KeyText } from './columns.js';
import { projection } from './projection.js';

/** Partitions in which a collection's deletion has been met: its later records there are refused. */
@Entity('deleted_partitions')
export class DeletedPartition {
  @KeyText() collection!: string;
  @PrimaryColumn({ type: 'smallint' }) partition!: number;
}

export const deletedPartitions = projection<DeletedPartition>({
  table: 'deleted_partitions',
  entity: DeletedPartition,
  key: ['collection', 'partition'],
  merge: {},
  fold: {},
});
