import { type Fact, type FactOf } from './fact.js';

/**
 * How two values of a column become one. Each is commutative and associative, so that it does not matter in which
 * order facts of different partitions are folded, nor how they are cut into batches.
 * - `sum`, `min`, `max`: of numbers, truths and code points of text; null counts as no value in min and max.
 * - `latest`: the value of the row whose `latest` column of the projection is highest as an id (longer, then by code
 *   point).
 */
export type Merge = 'sum' | 'min' | 'max' | 'latest';

export type Value = string | number | boolean | null;

/** One table of a generation: which rows facts contribute to it, and how contributions to one key are merged. */
export interface Projection<Row extends object = Record<string, Value>> {
  readonly table: string;
  readonly entity: new () => Row;
  /** Columns of the primary key, in its order. */
  readonly key: readonly (keyof Row & string)[];
  /** All other columns. */
  readonly merge: Readonly<Partial<Record<keyof Row & string, Merge>>>;
  /** The column that `latest` goes by. */
  readonly latest?: keyof Row & string;
  /** SQL over its own columns: of what kind is a new key, for the table that holds how many there are. */
  readonly distinct?: string;
  /** Statements that are run once when the table is made: storage settings, further indexes. */
  readonly storage?: readonly string[];
  readonly fold: { readonly [Kind in Fact['kind']]?: (fact: FactOf<Kind>) => Iterable<Row> };
}

type AnyRow = Record<string, Value>;

/** Erases the row type, so that projections of different tables go into one list. */
export const projection = <Row extends object>(value: Projection<Row>): Projection =>
  value as unknown as Projection;

/** The rows that a batch contributes to one table, merged in memory. */
export class Tally {
  readonly #rows = new Map<string, AnyRow>();
  readonly #merged: readonly [column: string, merge: Merge][];

  constructor(readonly projection: Projection) {
    const order = projection.latest;
    // The column that decides which row is the latest is itself merged last.
    this.#merged = Object.entries(projection.merge)
      .map(([column, merge]): [string, Merge] => [column, merge ?? 'max'])
      .toSorted(([a], [b]) => Number(a === order) - Number(b === order));
  }

  get size(): number {
    return this.#rows.size;
  }

  fold(fact: Fact): void {
    const contribute = this.projection.fold[fact.kind] as ((fact: Fact) => Iterable<AnyRow>) | undefined;
    if (!contribute) return;
    for (const row of contribute(fact)) this.add(row);
  }

  add(row: AnyRow): void {
    const key = this.#keyOf(row);
    const known = this.#rows.get(key);
    if (known) this.#mergeInto(known, row);
    else this.#rows.set(key, row);
  }

  /** Sorted by key: writers that take rows in the same order cannot deadlock, and neighbours share pages. */
  sorted(): AnyRow[] {
    return [...this.#rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  #keyOf(row: AnyRow): string {
    let key = '';
    for (const column of this.projection.key) key += `${row[column] ?? ''}\u0000`;
    return key;
  }

  #mergeInto(known: AnyRow, row: AnyRow): void {
    const { latest } = this.projection;
    const newer = latest ? isLater(row[latest] ?? null, known[latest] ?? null) : false;
    for (const [column, merge] of this.#merged) {
      const [before, after] = [known[column] ?? null, row[column] ?? null];
      known[column] = merge === 'latest' ? (newer ? after : before) : mergeValues[merge](before, after);
    }
  }
}

const mergeValues: Record<Exclude<Merge, 'latest'>, (a: Value, b: Value) => Value> = {
  sum: (a, b) => Number(a) + Number(b),
  min: (a, b) => (a === null || (b !== null && isLower(b, a)) ? b : a),
  max: (a, b) => (a === null || (b !== null && isLower(a, b)) ? b : a),
};

function isLower(a: Exclude<Value, null>, b: Exclude<Value, null>): boolean {
  return typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) < 0 : a < b;
}

/** Orders text as Postgres' collation "C" does: by code point, where JavaScript's own order is by UTF-16 unit. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    // Surrogates stand for the highest code points, yet sort below U+E000…U+FFFF as units.
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

/** Whether id `a` is later than id `b`: ids of one platform grow in length, then by code point. */
function isLater(a: Value, b: Value): boolean {
  if (a === null || b === null) return a !== null;
  const [x, y] = [String(a), String(b)];
  return x.length - y.length > 0 || (x.length === y.length && compareCodePoints(x, y) > 0);
}

/** How many new keys of a kind a collection has got. */
export interface Fresh {
  readonly collection: string;
  readonly kind: string;
  readonly keys: number;
}

/** The statement that adds a batch's rows to their table. */
export interface Upsert {
  readonly text: string;
  /** Its only parameter. */
  readonly rows: string;
  /** It returns rows of `Fresh`. */
  readonly givesFresh: boolean;
}

/** @returns null where there is nothing to add. */
export function upsertOf(tally: Tally): Upsert | null {
  if (tally.size === 0) return null;
  const { projection } = tally;
  return {
    text: upsertStatement(projection),
    rows: JSON.stringify(tally.sorted()),
    givesFresh: projection.distinct !== undefined,
  };
}

const statements = new WeakMap<Projection, string>();

function upsertStatement(projection: Projection): string {
  const known = statements.get(projection) ?? makeUpsert(projection);
  statements.set(projection, known);
  return known;
}

function makeUpsert({ table, key, merge, latest, distinct }: Projection): string {
  const newer =
    latest &&
    `(char_length(excluded.${latest}), excluded.${latest}) > (char_length(${table}.${latest}), ${table}.${latest})`;
  const mergeSql: Record<Merge, (column: string) => string> = {
    sum: (column) => `${table}.${column} + excluded.${column}`,
    min: (column) => `least(${table}.${column}, excluded.${column})`,
    max: (column) => `greatest(${table}.${column}, excluded.${column})`,
    latest: (column) => `case when ${newer} then excluded.${column} else ${table}.${column} end`,
  };
  const columns = [...key, ...Object.keys(merge)].join(', ');
  const updates = Object.entries(merge).map(
    ([column, kind]) => `${column} = ${mergeSql[kind ?? 'max'](column)}`,
  );
  const upsert = `insert into ${table} (${columns})
    select ${columns} from json_populate_recordset(null::${table}, $1)
    on conflict (${key.join(', ')}) ${updates.length > 0 ? `do update set ${updates.join(', ')}` : 'do nothing'}`;
  if (!distinct) return upsert;
  // xmax is 0 in a row that was inserted, not updated.
  return `with written as (${upsert} returning collection, ${distinct} as kind, xmax = 0 as fresh)
    select collection, kind, count(*) as keys from written where fresh group by collection, kind`;
}
