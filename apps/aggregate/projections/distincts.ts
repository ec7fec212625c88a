import { Entity } from 'typeorm';

import { Count, KeyText } from './columns.js';
import { projection } from './projection.js';

/** How many different keys of a kind a collection has; fed by the keys that are newly inserted elsewhere. */
@Entity('distincts')
export class Distinct {
  @KeyText() collection!: string;
  @KeyText() kind!: string;
  @Count() keys!: number;
}

export const distincts = projection<Distinct>({
  table: 'distincts',
  entity: Distinct,
  key: ['collection', 'kind'],
  merge: { keys: 'sum' },
  fold: {},
});
