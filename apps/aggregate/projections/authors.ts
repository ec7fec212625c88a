import { Column, Entity } from 'typeorm';

import { authorKey } from '#libs/events';

import { Count, indexable, KeyText, optional, Text } from './columns.js';
import { projection } from './projection.js';

/** Who posted how often; names and followers are those of the post with the highest id. */
@Entity('authors')
export class AuthorRow {
  @KeyText() collection!: string;
  @KeyText() platform!: string;
  @KeyText() instance!: string;
  @KeyText() author!: string;
  @Count() posts!: number;
  @Text() last_id!: string;
  @Text() screen_name!: string;
  @Text(optional) name!: string | null;
  @Column({ type: 'bigint', nullable: true }) followers!: number | null;
  @Column({ type: 'bigint', nullable: true }) following!: number | null;
  @Text(optional) author_id!: string | null;
}

export const authors = projection<AuthorRow>({
  table: 'authors',
  entity: AuthorRow,
  key: ['collection', 'platform', 'instance', 'author'],
  merge: {
    posts: 'sum',
    screen_name: 'latest',
    name: 'latest',
    followers: 'latest',
    following: 'latest',
    author_id: 'latest',
    last_id: 'latest',
  },
  latest: 'last_id',
  distinct: `'author'`,
  storage: ['alter table authors set (fillfactor = 80)'],
  fold: {
    *post({ outcome, post }) {
      const { platform, instance, id, author } = post;
      if (!author) return;
      yield {
        collection: outcome.collection,
        platform,
        instance,
        author: indexable(authorKey(author)),
        posts: 1,
        last_id: id,
        screen_name: author.screenName,
        name: author.name,
        followers: author.followers,
        following: author.following,
        author_id: author.id,
      };
    },
  },
});
