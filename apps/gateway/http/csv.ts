import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | boolean | null;

export interface CsvOptions {
  /** Names of the columns, null for a file without a first line of names. */
  readonly columns: readonly string[] | null;
  /** For spreadsheets: a byte order mark, and no cell that they would run as a formula. */
  readonly spreadsheet: boolean;
}

const BOM = '\uFEFF';
const FORMULA = /^[=+\-@\t\r]/;

/** Rows as CSV text (RFC 4180, line ends LF), exact unless made for spreadsheets. */
export async function* csvText(
  batches: AsyncIterable<readonly (readonly Cell[])[]>,
  { columns, spreadsheet }: CsvOptions,
): AsyncGenerator<string, void, undefined> {
  const head = columns ? lines([columns]) : '';
  if (spreadsheet || head !== '') yield `${spreadsheet ? BOM : ''}${head}`;
  for await (const rows of batches) {
    if (rows.length > 0) yield lines(spreadsheet ? rows.map((row) => row.map(defused)) : rows);
  }
}

const lines = (rows: readonly (readonly Cell[])[]): string =>
  stringify(
    rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
    { quoted_match: /\r/ },
  );

/** An apostrophe makes a spreadsheet take the cell as text. Numbers of ours are no formulas, even negative ones. */
const defused = (cell: Cell): Cell => (typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : cell);
