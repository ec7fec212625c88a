import { z } from 'zod';

import { type Edge } from '#libs/api';

import { cursorNumber, cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';

/** Which of a post's entities authors are linked to. */
export type EdgeKind = 'hashtags' | 'mentions';

interface Ends {
  readonly file: string;
  readonly columns: readonly string[];
  /** One row per occurrence: author, and what they wrote. */
  readonly occurrences: string;
}

const from = `p.body -> 'author' ->> 'screenName' collate "C"`;
const ends: Readonly<Record<EdgeKind, Ends>> = {
  hashtags: {
    file: 'edgelist-hashtags',
    columns: ['user', 'hashtag'],
    // How a form is lower-cased is said by forms: Postgres does it otherwise than JavaScript.
    occurrences: `select ${from} as "from", f.key as "to", p.platform, p.instance, p.id, e.n
      from posts p, json_array_elements_text(p.body -> 'hashtags') with ordinality as e (form, n)
      join forms f on f.collection = $1 and f.kind = 'hashtag' and f.form = e.form collate "C"
      where p.collection = $1 and p.author is not null`,
  },
  mentions: {
    file: 'edgelist-mentions',
    columns: ['from_user', 'to_user'],
    occurrences: `select ${from} as "from", e.mention ->> 'screenName' collate "C" as "to",
        p.platform, p.instance, p.id, e.n
      from posts p, json_array_elements(p.body -> 'mentions') with ordinality as e (mention, n)
      where p.collection = $1 and p.author is not null`,
  },
};

const cursorKey = z.tuple([cursorNumber, cursorText, cursorText]);

/**
 * Author → hashtag or mentioned account, as written but for hashtags, which are lower-cased. Computed from the posts of
 * the collection when asked for: all of them are read (primary key, prefix collection).
 */
export function edgesList(kind: EdgeKind): List<Edge> {
  const { file, columns, occurrences } = ends[kind];
  const list = `edges ${kind}`;
  return {
    file,
    columns,
    async page(sql, collection, { limit, cursor }) {
      await sql(`set local statement_timeout = '5min'; set local work_mem = '64MB'`);
      const after = decodeCursor(list, cursorKey, cursor) ?? [null, null, null];
      const rows = await sql<Edge>(
        `select "from", "to", count(*) as count from (${occurrences}) as o group by "from", "to"
         having $2::bigint is null or count(*) < $2 or (count(*) = $2 and ("from", "to") > ($3, $4))
         order by count(*) desc, "from", "to" limit $5`,
        [collection, ...after, limit + 1],
      );
      return pageFrom(rows, limit, (row) => encodeCursor(list, [row.count, row.from, row.to]));
    },
    async *records(sql, collection) {
      const statement = `select "from", "to" from (${occurrences}) as o order by platform, instance, id, n`;
      for await (const rows of batches<Edge>(sql, statement, [collection])) {
        yield rows.map((row) => [row.from, row.to]);
      }
    },
  };
}
