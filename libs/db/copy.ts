import { type Connection, type Submittable } from 'pg';

type CopyValue = string | number | boolean | null;

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NULL = String.raw`\N`;

/** Values of consecutive columns in Postgres' text format for COPY, without a line end. */
export function copyFields(values: readonly CopyValue[]): string {
  return values.map(copyField).join('\t');
}

function copyField(value: CopyValue): string {
  if (value === null) return NULL;
  if (typeof value !== 'string') return String(value);
  return SPECIAL.test(value) ? value.replaceAll(/[\\\n\r\t]/g, (found) => ESCAPES[found] ?? found) : value;
}

/**
 * `copy … from stdin` as a query of node-postgres: three times as fast as any insert statement that has to parse its
 * rows out of a parameter. The lines are in memory already, so there is no backpressure to keep.
 */
export class CopyIn implements Submittable {
  readonly done: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(
    readonly statement: string,
    private readonly lines: readonly string[],
  ) {
    this.done = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (const chunk of chunksOf(this.lines)) connection.sendCopyFromChunk(chunk);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleReadyForQuery(): void {
    this.#resolve();
  }
  handleError(error: unknown): void {
    this.#reject(error);
  }
}

interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

const LINES_PER_CHUNK = 500;

function* chunksOf(lines: readonly string[]): Iterable<Buffer> {
  for (let i = 0; i < lines.length; i += LINES_PER_CHUNK) {
    yield Buffer.from(lines.slice(i, i + LINES_PER_CHUNK).join(''));
  }
}
