import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type DataSource } from 'typeorm';

import { readLive, type Sql } from '#libs/db';
import { type Logger } from '#libs/runtime';

import { type Counted } from '../jobs/job-view.js';
import { readCounted } from '../jobs/jobs.query.js';
import { type Pending } from '../requests/pending.js';
import { readPending } from '../requests/requests.store.js';
import { unavailable } from './problem.js';

/** What every read begins with: how far the tables are, and what was asked for and is not in them yet. */
export interface LiveContext {
  readonly generation: number;
  readonly pending: Pending;
  readonly offsets: Counted;
}

const STREAMS_AT_ONCE = 4;

/** Reads the live generation and the requests that it does not show yet, all in one snapshot. */
export class Live {
  #streams = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  read<T>(work: (sql: Sql, context: LiveContext) => Promise<T>): Promise<T> {
    return readLive(this.dataSource, async (sql, generation) =>
      work(sql, {
        generation,
        pending: await readPending(sql),
        offsets: await readCounted(sql, generation),
      }),
    );
  }

  /**
   * Streams text out of one snapshot. `begin` checks what was asked for; what it throws is thrown here, before there
   * is a stream. The transaction lasts as long as the stream, so there are few at once.
   * @throws ProblemError 503 when there are too many.
   */
  async stream(begin: (sql: Sql, context: LiveContext) => Promise<AsyncIterable<string>>): Promise<Readable> {
    if (this.#streams >= STREAMS_AT_ONCE) throw unavailable('Too many downloads run at once.', 10);
    this.#streams += 1;
    const out = new PassThrough();
    let begun = false;
    return new Promise((resolve, reject) => {
      this.read(async (sql, context) => {
        // Whole tables are read: plans that are quick to their first row are not what is wanted.
        await sql(
          `set local cursor_tuple_fraction = 1; set local work_mem = '64MB'; set local statement_timeout = '30min'`,
        );
        const text = await begin(sql, context);
        begun = true;
        resolve(out);
        await pipeline(Readable.from(text), out);
      })
        .catch((error: unknown) => (begun ? this.#brokenOff(out, error) : reject(error)))
        .finally(() => (this.#streams -= 1));
    });
  }

  #brokenOff(out: PassThrough, error: unknown): void {
    // A reader who went away is no fault.
    if (out.destroyed) return;
    this.logger.error({ err: error }, 'a download broke off');
    // What is not complete must not look complete.
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

const BATCH = 2_000;

/** The rows of a statement, batch by batch, never all in memory. Within a transaction; one at a time in it. */
export async function* batches<Row>(
  sql: Sql,
  statement: string,
  parameters: readonly unknown[],
): AsyncGenerator<Row[], void, undefined> {
  await sql(`declare rows no scroll cursor for ${statement}`, parameters);
  for (;;) {
    const rows = await sql<Row>(`fetch ${BATCH} from rows`);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) break;
  }
  await sql('close rows');
}
