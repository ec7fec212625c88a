import { z } from 'zod';

import { type PageQuery, type Page, type PostFilter, type PostRow } from '#libs/api';
import { type Sql } from '#libs/db';
import { keyHash } from '#libs/events';

import { type Cell } from '../http/csv.js';
import { cursorText, decodeCursor, encodeCursor } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';
import { type PostConditions, postConditions } from './post-conditions.js';
import { type FoundPost, parseRef, postColumns, postRecord, postView } from './post-view.js';

interface Row extends FoundPost {
  readonly platform: string;
  readonly instance: string;
  readonly id: string;
  /** Microseconds since 1970 as text, '' where the post has no time. */
  readonly at: string;
}

type Place = readonly [at: string, id: string, platform: string, instance: string];

const cursorKey = z.tuple([z.string().regex(/^-?\d{0,18}$/), cursorText, cursorText, cursorText]);
const columns = `platform, instance, id, duplicates, body,
  coalesce((extract(epoch from created_at) * 1000000)::bigint::text, '') as at`;
const time = (n: number) => `(timestamptz 'epoch' + $${n}::bigint * interval '1 microsecond')`;

/** So many posts with the wanted keys are sorted; of more, those are walked through in the order of time. */
const FEW = 5_000;

/** Posts that a filter means, by their own time; those without one first, or last for the oldest first. */
export function postsList(filter: PostFilter): List<PostRow> {
  const list = `posts ${JSON.stringify(filter)}`;
  return {
    file: 'tweets',
    columns: postColumns,
    async page(sql, collection, query) {
      const found = await readPage(sql, { collection, filter, list }, query);
      return { items: found.items.map(postView), next: found.next };
    },
    records: (sql, collection) => allPosts(sql, collection, filter, postRecord),
  };
}

/** The same, ids only. */
export function postIdsList(filter: PostFilter): List<string> {
  const { file: _, columns: __, ...posts } = postsList(filter);
  return {
    file: 'tweet-ids',
    columns: null,
    async page(sql, collection, query) {
      const page = await posts.page(sql, collection, query);
      return { items: page.items.map(({ id }) => id), next: page.next };
    },
    records: (sql, collection) => allPosts(sql, collection, filter, ({ body }) => [body.id]),
  };
}

interface Wanted {
  readonly collection: string;
  readonly filter: PostFilter;
  readonly list: string;
}

async function readPage(
  sql: Sql,
  { collection, filter, list }: Wanted,
  query: PageQuery,
): Promise<Page<Row>> {
  const conditions = await conditionsOf(sql, collection, filter);
  const walk = await walkOf(sql, collection, conditions);
  const items: Row[] = [];
  let after: Place | undefined = decodeCursor(list, cursorKey, query.cursor);
  for (;;) {
    const rows = await walk({ order: filter.order, after, limit: query.limit + 1 });
    items.push(...rows.filter(({ body }) => conditions.recheck?.(body) ?? true));
    const last = rows.at(-1);
    if (!last || rows.length <= query.limit || items.length > query.limit) break;
    after = placeOf(last);
  }
  const page = items.slice(0, query.limit);
  const last = page.at(-1);
  return { items: page, next: items.length > query.limit && last ? encodeCursor(list, placeOf(last)) : null };
}

const placeOf = ({ at, id, platform, instance }: Row): Place => [at, id, platform, instance];

interface Step {
  readonly order: PostFilter['order'];
  readonly after: Place | undefined;
  readonly limit: number;
}

/**
 * Served by posts_by_key where few posts have the keys, else by posts_by_time. The planner cannot tell which, because
 * how rare a key is it knows for the most frequent ones only: so it is tried.
 */
async function walkOf(
  sql: Sql,
  collection: string,
  { keys, sql: where, parameters }: PostConditions,
): Promise<(step: Step) => Promise<Row[]>> {
  const given = [collection, ...parameters];
  const byKeys = `keys @> array[${keys.join(', ')}]::bigint[]`;
  const isRare = keys.length > 0 && (await isFew(sql, collection, byKeys));
  const all = [...where, ...(keys.length > 0 ? [byKeys] : [])].join(' and ');
  // `materialized`: the sort must not tempt the planner into walking the index of times.
  const few = `with few as materialized (select * from posts where ${all}) select ${columns} from few where true`;
  const from = isRare ? few : `select ${columns} from posts where ${all}`;
  return ({ order, after, limit }) => {
    const next = after ? ` and ${beyond(order, after[0] === '', given.length)}` : '';
    const sort = order === 'newest' ? 'created_at desc, id' : 'created_at, id desc';
    const ties = order === 'newest' ? 'platform, instance' : 'platform desc, instance desc';
    // A post without time needs no instant to be compared with.
    const place = after ? (after[0] === '' ? after.slice(1) : after) : [];
    return sql<Row>(`${from}${next} order by ${sort}, ${ties} limit ${limit}`, [...given, ...place]);
  };
}

/** Nulls come first with the newest first, and last with the oldest first: so the index has them. */
function beyond(order: PostFilter['order'], withoutTime: boolean, parameters: number): string {
  const sign = order === 'newest' ? '>' : '<';
  const tie = (n: number) => `(id, platform, instance) ${sign} ($${n}, $${n + 1}, $${n + 2})`;
  const first = parameters + 1;
  if (withoutTime) {
    const same = `(created_at is null and ${tie(first)})`;
    return order === 'newest' ? `(created_at is not null or ${same})` : same;
  }
  const at = time(first);
  const [edge, later] = order === 'newest' ? ['<=', ''] : ['>=', ' or created_at is null'];
  const strict = edge.slice(0, 1);
  return `((created_at ${edge} ${at} and (created_at ${strict} ${at} or ${tie(first + 1)}))${later})`;
}

async function isFew(sql: Sql, collection: string, byKeys: string): Promise<boolean> {
  const [row] = await sql<{ n: number }>(
    `select count(*) as n from (select 1 from posts where collection = $1 and ${byKeys} limit ${FEW + 1}) as found`,
    [collection],
  );
  return (row?.n ?? 0) <= FEW;
}

/** All posts that a filter means, by platform and id. Served by the primary key, or by posts_by_key. */
async function* allPosts(
  sql: Sql,
  collection: string,
  filter: PostFilter,
  record: (found: FoundPost) => Cell[],
): AsyncGenerator<Cell[][], void, undefined> {
  const conditions = await conditionsOf(sql, collection, filter);
  const { statement, parameters } = everything(collection, conditions);
  const sorted = `select duplicates, body from (${statement}) as p order by platform, instance, id`;
  for await (const rows of batches<Row>(sql, sorted, parameters)) {
    yield rows.filter(({ body }) => conditions.recheck?.(body) ?? true).map(record);
  }
}

export type Minutes = AsyncIterable<readonly { readonly minute: Date; readonly count: number }[]>;

/** How many posts that a filter means there are in each minute; a minute may come more than once. */
export async function* readMinutesOf(sql: Sql, collection: string, filter: PostFilter): Minutes {
  const conditions = await conditionsOf(sql, collection, filter);
  const { statement, parameters } = everything(collection, conditions);
  const timed = `select date_trunc('minute', created_at, 'UTC') as minute`;
  if (!conditions.recheck) {
    yield await sql(
      `${timed}, count(*) as count from (${statement}) as p where created_at is not null group by 1`,
      parameters,
    );
    return;
  }
  const rows = `${timed}, body from (${statement}) as p where created_at is not null`;
  for await (const some of batches<{ minute: Date } & FoundPost>(sql, rows, parameters)) {
    yield some
      .filter(({ body }) => conditions.recheck?.(body) ?? true)
      .map(({ minute }) => ({ minute, count: 1 }));
  }
}

function everything(collection: string, { keys, sql: where, parameters }: PostConditions) {
  const byKeys = keys.length > 0 ? [`keys @> array[${keys.join(', ')}]::bigint[]`] : [];
  return {
    statement: `select * from posts where ${[...where, ...byKeys].join(' and ')}`,
    parameters: [collection, ...parameters],
  };
}

/**
 * `@name` means every author of that name, but where one is known by the name only (authors, by primary key): then this
 * one, so that the number of their posts leads to as many.
 */
async function conditionsOf(sql: Sql, collection: string, filter: PostFilter): Promise<PostConditions> {
  if (filter.author?.startsWith('@') !== true) return postConditions(filter, false);
  const nameless = await sql('select 1 from authors where collection = $1 and author = $2 limit 1', [
    collection,
    filter.author.toLowerCase(),
  ]);
  return postConditions(filter, nameless.length > 0);
}

export interface StoredPost extends FoundPost {
  readonly partition: number;
  readonly offset: number;
}

/** By primary key, or by posts_by_key where only the id is given. */
export async function readPost(sql: Sql, collection: string, ref: string): Promise<StoredPost | null> {
  const { platform, instance, id } = parseRef(ref);
  const columnsOfPost = 'duplicates, body, raw_partition as partition, raw_offset as "offset"';
  const [post] =
    platform === null
      ? await sql<StoredPost>(
          `select ${columnsOfPost} from posts where collection = $1 and keys @> array[$3::bigint] and id = $2
           order by platform, instance limit 1`,
          [collection, id, keyHash('reposts', id)],
        )
      : await sql<StoredPost>(
          `select ${columnsOfPost} from posts
           where collection = $1 and platform = $2 and instance = $3 and id = $4`,
          [collection, platform, instance, id],
        );
  return post ?? null;
}
