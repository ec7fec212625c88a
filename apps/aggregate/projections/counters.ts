import { Entity } from 'typeorm';

import { Count, KeyText, optional, Text } from './columns.js';
import { type FactOf } from './fact.js';
import { projection } from './projection.js';

/** How often each hashtag, mention, URL, domain, medium, language and source occurs, and in how many posts. */
@Entity('counters')
export class Counter {
  @KeyText() collection!: string;
  @KeyText() kind!: string;
  @KeyText() key!: string;
  @Count() count!: number;
  @Count() posts!: number;
  /** Media only: the platform's word for what it is. */
  @Text(optional) type!: string | null;
}

/** Control messages are counted in the same list under this kind; they are in no post. */
const CONTROL = 'control';

function* ofPost({ outcome: { collection }, keys }: FactOf<'post'>): Iterable<Counter> {
  const rows: Counter[] = [];
  for (const { kind, key, type = null } of keys) {
    // A post has few keys: looking through them is quicker than naming each.
    const row = rows.find((known) => known.key === key && known.kind === kind);
    if (row) row.count += 1;
    else rows.push({ collection, kind, key, count: 1, posts: 1, type });
  }
  yield* rows;
}

export const counters = projection<Counter>({
  table: 'counters',
  entity: Counter,
  key: ['collection', 'kind', 'key'],
  merge: { count: 'sum', posts: 'sum', type: 'min' },
  distinct: 'kind',
  // Room for updates on the same page: the counts are in no index, so they then cost no index entry.
  storage: ['alter table counters set (fillfactor = 80)'],
  fold: {
    post: ofPost,
    *control({ outcome: { collection, data } }) {
      yield { collection, kind: CONTROL, key: data.kind, count: 1, posts: 0, type: null };
    },
  },
});
