import { Entity } from 'typeorm';

import { Count, indexable, KeyText } from './columns.js';
import { projection } from './projection.js';

/** How hashtags and mentions are written: the most frequent form is the one that is shown. */
@Entity('forms')
export class Form {
  @KeyText() collection!: string;
  @KeyText() kind!: string;
  @KeyText() key!: string;
  @KeyText() form!: string;
  @Count() count!: number;
}

export const forms = projection<Form>({
  table: 'forms',
  entity: Form,
  key: ['collection', 'kind', 'key', 'form'],
  merge: { count: 'sum' },
  storage: ['alter table forms set (fillfactor = 80)'],
  fold: {
    *post({ outcome: { collection }, keys }) {
      for (const { kind, key, form } of keys) {
        if (kind !== 'hashtag' && kind !== 'mention') continue;
        yield { collection, kind, key: indexable(key), form: indexable(form), count: 1 };
      }
    },
  },
});
