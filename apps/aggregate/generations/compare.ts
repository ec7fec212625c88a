import { type Difference } from '#libs/api';
import { type Sql } from '#libs/db';

import { schemaOf } from '../fold/commit-slices.js';

/** The tables of two generations, each with its primary key. Offsets are no counts: their enriched side may differ. */
export const comparedTables = {
  posts: ['collection', 'platform', 'instance', 'id'],
  counters: ['collection', 'kind', 'key'],
  forms: ['collection', 'kind', 'key', 'form'],
  authors: ['collection', 'platform', 'instance', 'author'],
  reposts: ['collection', 'platform', 'instance', 'post_id'],
  minutes: ['collection', 'minute'],
  totals: ['collection'],
  distincts: ['collection', 'kind'],
  rejections: ['collection', 'raw_partition', 'raw_offset'],
  job_counts: ['job'],
  positions: ['source', 'partition'],
  deleted_partitions: ['collection', 'partition'],
  collections: ['id'],
  jobs: ['id'],
  sources: ['id'],
} as const satisfies Record<string, readonly string[]>;

export type ComparedTable = keyof typeof comparedTables;

/** A deleted collection's rows are swept from these at any time, in each generation by itself. */
export const sweptTables = [
  'posts',
  'counters',
  'forms',
  'authors',
  'reposts',
  'minutes',
  'totals',
  'distincts',
  'rejections',
  'job_counts',
] as const satisfies readonly ComparedTable[];

/** One generation as it is read: a snapshot that does not move while it is compared. */
export interface Side {
  readonly sql: Sql;
  readonly generation: number;
}

export interface Comparison {
  readonly tables: number;
  /** Rows of the live side. */
  readonly rows: number;
  readonly differing: number;
  /** The first of those that differ. */
  readonly differences: readonly Difference[];
}

const KEPT = 1_000;
const BUCKETS = 512;
/** Characters of a row in a difference: a whole post would bury what differs. */
const SHOWN = 500;

interface Bucket {
  readonly bucket: number;
  readonly rows: number;
  readonly sum: string;
}

interface HashedRow {
  readonly key: string;
  readonly hash: string;
}

/**
 * Compares all rows of two generations. First sums of hashes by bucket, computed where the rows are; then the rows of those
 * buckets that differ, by key.
 * @param gone collections that are deleted everywhere.
 */
export async function compareGenerations(
  live: Side,
  replayed: Side,
  gone: readonly string[],
): Promise<Comparison> {
  const differences: Difference[] = [];
  let [rows, differing] = [0, 0];
  const tables = Object.keys(comparedTables) as ComparedTable[];
  for (const table of tables) {
    const query = new TableQuery(table, gone);
    const [before, after] = await Promise.all([query.buckets(live), query.buckets(replayed)]);
    rows += [...before.values()].reduce((sum, bucket) => sum + bucket.rows, 0);
    const suspects = [...new Set([...before.keys(), ...after.keys()])].filter((bucket) => {
      const [a, b] = [before.get(bucket), after.get(bucket)];
      return a?.rows !== b?.rows || a?.sum !== b?.sum;
    });
    for (const bucket of suspects) {
      const keys = await query.differingKeys(live, replayed, bucket);
      differing += keys.length;
      const shown = keys.slice(0, KEPT - differences.length);
      differences.push(...(await query.describe(live, replayed, shown)));
    }
  }
  return { tables: tables.length, rows, differing, differences };
}

class TableQuery {
  readonly #key: string;
  readonly #where: string;
  readonly #parameters: readonly unknown[];

  constructor(
    private readonly table: ComparedTable,
    gone: readonly string[],
  ) {
    this.#key = `jsonb_build_array(${comparedTables[table].map((column) => `t.${column}`).join(', ')})::text`;
    const isSwept = (sweptTables as readonly string[]).includes(table);
    this.#where = isSwept && gone.length > 0 ? 'where t.collection <> all($1)' : 'where true';
    this.#parameters = isSwept && gone.length > 0 ? [gone] : [];
  }

  async buckets({ sql, generation }: Side): Promise<Map<number, Bucket>> {
    const rows = await sql<Bucket>(
      `select ${this.#bucket} as bucket, count(*) as rows,
         sum(hashtextextended(t::text, 0)::numeric)::text as sum
       from ${schemaOf(generation)}.${this.table} as t ${this.#where} group by 1`,
      this.#parameters,
    );
    return new Map(rows.map((row) => [row.bucket, row]));
  }

  async differingKeys(live: Side, replayed: Side, bucket: number): Promise<string[]> {
    const [a, b] = await Promise.all([this.#hashes(live, bucket), this.#hashes(replayed, bucket)]);
    const keys = new Set([...a.keys(), ...b.keys()]);
    return [...keys].filter((key) => a.get(key) !== b.get(key)).toSorted((x, y) => (x < y ? -1 : 1));
  }

  async describe(live: Side, replayed: Side, keys: readonly string[]): Promise<Difference[]> {
    if (keys.length === 0) return [];
    const [a, b] = await Promise.all([this.#rows(live, keys), this.#rows(replayed, keys)]);
    return keys.map((key) => differenceOf(this.table, key, a.get(key), b.get(key)));
  }

  get #bucket(): string {
    return `(hashtextextended(${this.#key}, 1) & ${BUCKETS - 1})::int`;
  }

  async #hashes({ sql, generation }: Side, bucket: number): Promise<Map<string, string>> {
    const rows = await sql<HashedRow>(
      `select ${this.#key} as key, md5(t::text) as hash
       from ${schemaOf(generation)}.${this.table} as t ${this.#where} and ${this.#bucket} = ${bucket}`,
      this.#parameters,
    );
    return new Map(rows.map(({ key, hash }) => [key, hash]));
  }

  async #rows({ sql, generation }: Side, keys: readonly string[]): Promise<Map<string, ComparedRow>> {
    const rows = await sql<{ key: string; row: ComparedRow }>(
      `select ${this.#key} as key, to_jsonb(t) as row
       from ${schemaOf(generation)}.${this.table} as t where ${this.#key} = any($1)`,
      [keys],
    );
    return new Map(rows.map(({ key, row }) => [key, row]));
  }
}

type ComparedRow = Readonly<Record<string, unknown>>;

/** Where both have the row, only what differs of it is shown. */
function differenceOf(
  table: string,
  key: string,
  live: ComparedRow | undefined,
  replayed: ComparedRow | undefined,
): Difference {
  const shown = (row: ComparedRow | undefined, other: ComparedRow | undefined) =>
    row ? JSON.stringify(other ? without(row, other) : row).slice(0, SHOWN) : null;
  return { table, key, live: shown(live, replayed), replayed: shown(replayed, live) };
}

function without(row: ComparedRow, other: ComparedRow): ComparedRow {
  return Object.fromEntries(
    Object.entries(row).filter(([column, value]) => JSON.stringify(value) !== JSON.stringify(other[column])),
  );
}

/** Collections whose deletion has been met in every partition: nothing of them counts any more, and it is being swept. */
export async function deletedEverywhere({ sql, generation }: Side): Promise<string[]> {
  const rows = await sql<{ collection: string }>(
    `select collection from ${schemaOf(generation)}.deleted_partitions group by collection
     having count(*) >= (select count(*) from ${schemaOf(generation)}.offsets where next_raw is not null)
     order by collection`,
  );
  return rows.map(({ collection }) => collection);
}
