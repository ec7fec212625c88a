import { Entity } from 'typeorm';

import { Count, indexable, KeyText } from './columns.js';
import { type FactOf } from './fact.js';
import { projection } from './projection.js';

/** The highest repost count that any record, a duplicate too, tells of an original. */
@Entity('reposts')
export class Repost {
  @KeyText() collection!: string;
  @KeyText() platform!: string;
  @KeyText() instance!: string;
  @KeyText() post_id!: string;
  @Count() count!: number;
}

function* ofRecord({ outcome, post }: FactOf<'post' | 'duplicate'>): Iterable<Repost> {
  const { platform, instance } = post;
  for (const { postId, count } of post.reposts) {
    if (count > 0)
      yield { collection: outcome.collection, platform, instance, post_id: indexable(postId), count };
  }
}

export const reposts = projection<Repost>({
  table: 'reposts',
  entity: Repost,
  key: ['collection', 'platform', 'instance', 'post_id'],
  merge: { count: 'max' },
  storage: ['alter table reposts set (fillfactor = 80)'],
  fold: { post: ofRecord, duplicate: ofRecord },
});
