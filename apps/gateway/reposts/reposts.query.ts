import { z } from 'zod';

import { type RepostRow } from '#libs/api';
import { type Sql } from '#libs/db';
import { keyHash } from '#libs/events';

import { cursorNumber, cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';

interface Row {
  readonly platform: string;
  readonly instance: string;
  readonly postId: string;
  readonly count: number;
}

type Held = NonNullable<RepostRow['post']>;

const listName = 'reposts';
const cursorKey = z.tuple([cursorNumber, cursorText, cursorText, cursorText]);
const rows = 'select platform, instance, post_id as "postId", count from reposts where collection = $1';
const order = 'order by count desc, post_id, platform, instance';

/**
 * Originals by the highest repost count seen. Served by the primary key (collection): as many rows as it has originals
 * are read and the best kept.
 */
export const repostsList: List<RepostRow> = {
  file: 'retweets',
  columns: ['tweet_id', 'count'],
  async page(sql, collection, { limit, cursor }) {
    const after = decodeCursor(listName, cursorKey, cursor) ?? [null, null, null, null];
    const found = await sql<Row>(
      `${rows} and ($2::bigint is null or count < $2
         or (count = $2 and (post_id, platform, instance) > ($3, $4, $5))) ${order} limit $6`,
      [collection, ...after, limit + 1],
    );
    const page = pageFrom(found, limit, (row) =>
      encodeCursor(listName, [row.count, row.postId, row.platform, row.instance]),
    );
    const held = await readHeld(sql, collection, page.items);
    return {
      items: page.items.map(({ platform, postId, count }, i) => ({
        platform,
        postId,
        count,
        post: held[i] ?? null,
      })),
      next: page.next,
    };
  },
  async *records(sql, collection) {
    for await (const batch of batches<Row>(sql, `${rows} ${order}`, [collection])) {
      yield batch.map(({ postId, count }) => [postId, count]);
    }
  },
};

/** For each original itself, else its first repost that is held. Served by posts_by_key, original by original. */
async function readHeld(sql: Sql, collection: string, originals: readonly Row[]): Promise<(Held | null)[]> {
  if (originals.length === 0) return [];
  const found = await sql<{ n: number; held: Held | null }>(
    `select o.n, p.held from json_to_recordset($2) as o (n int, platform text, instance text, id text, hash bigint)
     left join lateral (
       select json_build_object('id', id, 'text', body -> 'text', 'lang', lang,
           'author', case when repost_of is null then body -> 'author' -> 'screenName' else body -> 'repostOfAuthor' end,
           'createdAt', body -> 'createdAt') as held
       from posts
       where collection = $1 and keys @> array[o.hash]
         and platform = o.platform and instance = o.instance and (id = o.id or repost_of = o.id)
       order by id <> o.id, char_length(id), id limit 1
     ) as p on true order by o.n`,
    [
      collection,
      JSON.stringify(
        originals.map(({ platform, instance, postId }, n) => ({
          n,
          platform,
          instance,
          id: postId,
          hash: keyHash('reposts', postId),
        })),
      ),
    ],
  );
  return found.map(({ held }) => held);
}
