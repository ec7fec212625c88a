import { type Sql } from '#libs/db';
import { type Outcome, type RawPlace } from '#libs/events';

import { type Slice } from './slice.js';

/** What the tables tell of the records before a batch, as far as the batch needs it. */
export interface Known {
  /** Next raw offset by partition: what is below was folded already. */
  readonly nextRaw: ReadonlyMap<number, number>;
  /** Highest position by `positionName`. */
  readonly highest: ReadonlyMap<string, number>;
  /** `postName` of those posts of the batch that are in the tables. */
  readonly posts: ReadonlySet<string>;
  /** Rejections that the batch replays, by `placeName`. */
  readonly rejections: ReadonlyMap<string, RejectionState>;
  /** `deletionName` of collections that are deleted in a partition. */
  readonly deleted: ReadonlySet<string>;
}

export interface RejectionState {
  /** The record's own rejection has been folded. */
  readonly rejected: boolean;
  /** A replay of it has been understood. */
  readonly closed: boolean;
}

export const positionName = (source: string, partition: number) => `${source}\u0000${partition}`;
export const deletionName = (collection: string, partition: number) => `${collection}\u0000${partition}`;
export const placeName = ({ partition, offset }: RawPlace) => `${partition}:${offset}`;
export const postName = (spaceOfPost: string, id: string) => `${spaceOfPost}\u0000${id}`;
/** Where a post's id is unique. */
export const spaceName = (collection: string, post: { platform: string; instance: string }) =>
  `${collection}\u0000${post.platform}\u0000${post.instance}`;

/**
 * Looks up what is known of a batch. To be called while holding the partitions' rows of `offsets`: then nobody else
 * can add a record of these partitions, and the answer stays true until the transaction ends.
 */
export async function lookUp(
  sql: Sql,
  slices: readonly Slice[],
  nextRaw: ReadonlyMap<number, number>,
): Promise<Known> {
  const outcomes = slices.flatMap(({ records }) => records.map(({ outcome }) => outcome));
  return {
    nextRaw,
    highest: await knownPositions(sql, outcomes),
    posts: await knownPosts(sql, outcomes),
    rejections: await knownRejections(sql, outcomes),
    deleted: await knownDeletions(sql, outcomes),
  };
}

async function knownPositions(sql: Sql, outcomes: readonly Outcome[]): Promise<Map<string, number>> {
  const sources = new Set(outcomes.map(({ source }) => source));
  const rows = await sql<{ source: string; partition: number; highest: number }>(
    'select source, partition, highest from positions where source = any($1)',
    [[...sources]],
  );
  return new Map(rows.map(({ source, partition, highest }) => [positionName(source, partition), highest]));
}

async function knownPosts(sql: Sql, outcomes: readonly Outcome[]): Promise<Set<string>> {
  const spaces = new Map<string, string[]>();
  for (const outcome of outcomes) {
    if (outcome.type !== 'PostEnriched') continue;
    const space = spaceName(outcome.collection, outcome.data);
    const ids = spaces.get(space);
    if (ids) ids.push(outcome.data.id);
    else spaces.set(space, [outcome.data.id]);
  }
  const known = new Set<string>();
  for (const [space, ids] of spaces) {
    // Served by the primary key, once for each id: a scalar subquery leaves the planner no other way, whatever it
    // believes of a table that has just been filled.
    const rows = await sql<{ id: string }>(
      `select id from unnest($4::text[]) as batch (id) where (select true from posts
       where (collection, platform, instance, posts.id) = ($1, $2, $3, batch.id))`,
      [...space.split('\u0000'), ids],
    );
    for (const { id } of rows) known.add(postName(space, id));
  }
  return known;
}

async function knownRejections(sql: Sql, outcomes: readonly Outcome[]): Promise<Map<string, RejectionState>> {
  const replays = outcomes.flatMap(({ collection, replayOf }) =>
    replayOf ? [{ collection, raw_partition: replayOf.partition, raw_offset: replayOf.offset }] : [],
  );
  if (replays.length === 0) return new Map();
  const rows = await sql<{ raw_partition: number; raw_offset: number } & RejectionState>(
    `select raw_partition, raw_offset, rejected, closed
     from json_to_recordset($1) as replay (collection text, raw_partition smallint, raw_offset bigint)
     join rejections using (collection, raw_partition, raw_offset)`,
    [JSON.stringify(replays)],
  );
  return new Map(
    rows.map(({ raw_partition: partition, raw_offset: offset, rejected, closed }) => [
      placeName({ partition, offset }),
      { rejected, closed },
    ]),
  );
}

async function knownDeletions(sql: Sql, outcomes: readonly Outcome[]): Promise<Set<string>> {
  const collections = new Set(outcomes.map(({ collection }) => collection));
  const rows = await sql<{ collection: string; partition: number }>(
    'select collection, partition from deleted_partitions where collection = any($1)',
    [[...collections]],
  );
  return new Set(rows.map(({ collection, partition }) => deletionName(collection, partition)));
}
