import { Column, Entity, PrimaryColumn } from 'typeorm';

import { type RawPlace } from '#libs/events';

import { KeyText, optional, Text, Time } from './columns.js';
import { projection } from './projection.js';

/**
 * Records that could not be understood. A row may be opened by the replay of a record whose own rejection is folded
 * later (another partition): then `closed` or `attempts` is there first, `rejected` and the details follow.
 */
@Entity('rejections')
export class Rejection {
  @KeyText() collection!: string;
  @PrimaryColumn({ type: 'smallint' }) raw_partition!: number;
  @PrimaryColumn({ type: 'bigint' }) raw_offset!: number;
  @Text(optional) source!: string | null;
  @Column({ type: 'bigint', nullable: true }) line!: number | null;
  @Column({ type: 'bigint', nullable: true }) byte_offset!: number | null;
  @Text(optional) reason!: string | null;
  @Text(optional) detail!: string | null;
  @Text(optional) excerpt!: string | null;
  @Column({ type: 'bigint', nullable: true }) bytes!: number | null;
  @Time(optional) received_at!: string | null;
  @Column({ type: 'boolean', default: false }) rejected!: boolean;
  @Column({ type: 'boolean', default: false }) closed!: boolean;
  @Column({ type: 'int', default: 0 }) attempts!: number;
}

const opened = (collection: string, place: RawPlace): Pick<Rejection, keyof Rejection> => ({
  collection,
  raw_partition: place.partition,
  raw_offset: place.offset,
  source: null,
  line: null,
  byte_offset: null,
  reason: null,
  detail: null,
  excerpt: null,
  bytes: null,
  received_at: null,
  rejected: false,
  closed: false,
  attempts: 0,
});

export const rejections = projection<Rejection>({
  table: 'rejections',
  entity: Rejection,
  key: ['collection', 'raw_partition', 'raw_offset'],
  // Only the record's own rejection brings details, so the highest value is the only one there is.
  merge: {
    source: 'max',
    line: 'max',
    byte_offset: 'max',
    reason: 'max',
    detail: 'max',
    excerpt: 'max',
    bytes: 'max',
    received_at: 'max',
    rejected: 'max',
    closed: 'max',
    attempts: 'sum',
  },
  fold: {
    *rejected({ outcome: { collection, raw, source, receivedAt, data } }) {
      yield {
        ...opened(collection, raw),
        source,
        line: data.place.line,
        byte_offset: data.place.offset,
        reason: data.reason,
        detail: data.detail,
        excerpt: data.excerpt,
        bytes: data.bytes,
        received_at: receivedAt,
        rejected: true,
      };
    },
    *retried({ outcome, original }) {
      yield { ...opened(outcome.collection, original), attempts: 1 };
    },
    *closed({ outcome, original }) {
      yield { ...opened(outcome.collection, original), closed: true };
    },
  },
});
