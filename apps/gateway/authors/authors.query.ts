import { z } from 'zod';

import { type AuthorRow, type authorSorts, type PageQuery } from '#libs/api';

import { type Cell } from '../http/csv.js';
import { cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';

export type AuthorSort = (typeof authorSorts)[number];

interface Row {
  readonly key: string;
  readonly platform: string;
  readonly instance: string;
  readonly id: string | null;
  readonly screenName: string;
  readonly name: string | null;
  readonly posts: number;
  readonly followers: number | null;
  readonly following: number | null;
  readonly ratio: number | null;
  /** What is sorted by, -1 where it is not known. */
  readonly rank: number;
}

const ratio = 'followers::float8 / nullif(following, 0)';
const ranks: Readonly<Record<AuthorSort, string>> = {
  posts: 'posts',
  followers: 'coalesce(followers, -1)',
  ratio: `coalesce(${ratio}, -1)`,
};

/** The files: all columns, and the two that the bundle has. */
const files: Readonly<Record<AuthorSort, { file: string; columns: string[]; record: (row: Row) => Cell[] }>> =
  {
    posts: {
      file: 'authors',
      columns: ['user', 'name', 'user_id', 'posts', 'followers', 'following', 'ratio'],
      record: (row) => [row.screenName, row.name, row.id, row.posts, row.followers, row.following, row.ratio],
    },
    followers: {
      file: 'count-followers',
      columns: ['user', 'count'],
      record: ({ screenName, followers }) => [screenName, followers],
    },
    ratio: { file: 'follow-ratio', columns: ['user', 'ratio'], record: (row) => [row.screenName, row.ratio] },
  };

const cursorKey = z.tuple([z.number(), cursorText, cursorText, cursorText, cursorText]);

/**
 * Authors by posts, followers or ratio, the highest first, then by code point of the name; those who have none last,
 * and not in the file. Served by the primary key (collection): as many rows as it has authors are read and the best
 * kept.
 */
export function authorsList(sort: AuthorSort): List<AuthorRow> {
  const ranked = `select author as key, platform, instance, author_id as id, screen_name as "screenName", name, posts,
      followers, following, ${ratio} as ratio, ${ranks[sort]} as rank
    from authors where collection = $1`;
  const order = 'order by rank desc, "screenName", platform, instance, key';
  const list = `authors by ${sort}`;
  return {
    file: files[sort].file,
    columns: files[sort].columns,
    async page(sql, collection, { limit, cursor }: PageQuery) {
      const after = decodeCursor(list, cursorKey, cursor) ?? [null, null, null, null, null];
      const rows = await sql<Row>(
        `select * from (${ranked}) as ranked
         where $2::float8 is null or rank < $2::float8
           or (rank = $2::float8 and ("screenName", platform, instance, key) > ($3, $4, $5, $6))
         ${order} limit $7`,
        [collection, ...after, limit + 1],
      );
      const page = pageFrom(rows, limit, (row) =>
        encodeCursor(list, [row.rank, row.screenName, row.platform, row.instance, row.key]),
      );
      return { items: page.items.map(shown), next: page.next };
    },
    async *records(sql, collection) {
      const statement = `select * from (${ranked}) as ranked where rank >= 0 ${order}`;
      for await (const rows of batches<Row>(sql, statement, [collection])) yield rows.map(files[sort].record);
    },
  };
}

const shown = ({ id, platform, screenName, name, posts, followers, following, ...row }: Row): AuthorRow => ({
  id,
  platform,
  screenName,
  name,
  posts,
  followers,
  following,
  ratio: row.ratio,
});
