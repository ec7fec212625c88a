import { Entity, PrimaryColumn } from 'typeorm';

import { Count, KeyText } from './columns.js';
import { projection } from './projection.js';

/** Posts per minute of their own time; hours and days are sums of these. */
@Entity('minutes')
export class Minute {
  @KeyText() collection!: string;
  @PrimaryColumn({ type: 'timestamptz' }) minute!: string;
  @Count() count!: number;
}

export const minutes = projection<Minute>({
  table: 'minutes',
  entity: Minute,
  key: ['collection', 'minute'],
  merge: { count: 'sum' },
  fold: {
    *post({ outcome: { collection }, post: { createdAt } }) {
      if (createdAt !== null) yield { collection, minute: `${createdAt.slice(0, 16)}:00Z`, count: 1 };
    },
  },
});
