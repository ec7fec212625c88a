import { Entity } from 'typeorm';

import { Count, KeyText, optional, Time } from './columns.js';
import { projection } from './projection.js';

/** One row of sums for each collection. */
@Entity('totals')
export class Total {
  @KeyText() collection!: string;
  @Count() posts!: number;
  @Count() duplicates!: number;
  @Count() with_media!: number;
  @Count() located!: number;
  @Count() exactly_located!: number;
  @Time(optional) first_post_at!: string | null;
  @Time(optional) last_post_at!: string | null;
}

const nothing = {
  posts: 0,
  duplicates: 0,
  with_media: 0,
  located: 0,
  exactly_located: 0,
  first_post_at: null,
  last_post_at: null,
};

export const totals = projection<Total>({
  table: 'totals',
  entity: Total,
  key: ['collection'],
  merge: {
    posts: 'sum',
    duplicates: 'sum',
    with_media: 'sum',
    located: 'sum',
    exactly_located: 'sum',
    first_post_at: 'min',
    last_post_at: 'max',
  },
  fold: {
    *post({ outcome: { collection }, post }) {
      yield {
        collection,
        posts: 1,
        duplicates: 0,
        with_media: Number(post.media.length > 0),
        located: Number(post.geo !== null),
        exactly_located: Number(post.geo?.exact === true),
        first_post_at: post.createdAt,
        last_post_at: post.createdAt,
      };
    },
    *duplicate({ outcome: { collection } }) {
      yield { ...nothing, collection, duplicates: 1 };
    },
  },
});
