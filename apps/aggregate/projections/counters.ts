import { Entity } from 'typeorm';

import { Count, indexable, KeyText, optional, Text } from './columns.js';
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
  /** The whole key, where `key` had to be cut for the index. */
  @Text(optional) full_key!: string | null;
}

/** Control messages are counted in the same list under this kind; they are in no post. */
const CONTROL = 'control';

function* ofPost({ outcome: { collection }, keys }: FactOf<'post'>): Iterable<Counter> {
  const rows: Counter[] = [];
  for (const { kind, key, type = null } of keys) {
    // A post has few keys: looking through them is quicker than naming each.
    const stored = indexable(key);
    const row = rows.find((known) => known.key === stored && known.kind === kind);
    if (row) row.count += 1;
    else {
      const full_key = stored === key ? null : key;
      rows.push({ collection, kind, key: stored, count: 1, posts: 1, type, full_key });
    }
  }
  yield* rows;
}

export const counters = projection<Counter>({
  table: 'counters',
  entity: Counter,
  key: ['collection', 'kind', 'key'],
  merge: { count: 'sum', posts: 'sum', type: 'min', full_key: 'max' },
  distinct: 'kind',
  // Room for updates on the same page. The count is in no index, only its order of magnitude, so most updates cost no index
  // entry, and the most frequent keys are still found without reading all.
  storage: [
    'alter table counters set (fillfactor = 80)',
    `alter table counters add column magnitude smallint
       generated always as ((ln(count::float8) * 1.4426950408889634)::smallint) stored`,
    'create index counters_by_magnitude on counters (collection, kind, magnitude desc)',
  ],
  fold: {
    post: ofPost,
    *control({ outcome: { collection, data } }) {
      yield {
        collection,
        kind: CONTROL,
        key: indexable(data.kind),
        count: 1,
        posts: 0,
        type: null,
        full_key: null,
      };
    },
  },
});
