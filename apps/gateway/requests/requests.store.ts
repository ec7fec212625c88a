import { createHash } from 'node:crypto';

import { type DataSource } from 'typeorm';

import { type Sql, sqlOf } from '#libs/db';
import { type JobEvent, type JobEventOf, type JobEventType } from '#libs/events';
import { tracer } from '#libs/runtime';

import { ProblemError } from '../http/problem.js';
import { type EventLog } from './event-log.js';
import { Pending } from './pending.js';

/** One thing that a person asks for. */
export interface Request {
  /** `POST /jobs`: so that one key used for two operations is noticed. */
  readonly operation: string;
  readonly idempotencyKey: string | null;
  /** Everything that was sent. JSON. */
  readonly body: unknown;
  /** Id of what is made or changed: what the answer shows. */
  readonly subject: string;
  readonly events: readonly NewEvent[];
}

export type NewEvent = { [T in JobEventType]: Pick<JobEventOf<T>, 'type' | 'data'> }[JobEventType];

export interface Accepted {
  readonly subject: string;
  /** The same request was made before: this is its answer, nothing was done now. */
  readonly repeated: boolean;
}

interface Row {
  readonly id: string;
  readonly body_hash: string;
  readonly subject: string;
  readonly events: JobEvent[];
  readonly produced_at: Date | null;
}

export interface RequestsEnvironment {
  readonly now: () => Date;
  /** A new id: 12 characters of a–z and 0–9. */
  readonly newId: () => string;
}

/**
 * What people asked for. A request is first a committed row, then produced, then marked: a crash in between loses
 * nothing, because any gateway produces unmarked rows again, under the same event ids.
 */
export class RequestsStore {
  readonly #sql: Sql;

  constructor(
    dataSource: DataSource,
    private readonly log: EventLog,
    private readonly environment: RequestsEnvironment,
  ) {
    this.#sql = sqlOf(dataSource);
  }

  /** @throws ProblemError (422) when the key was used for something else. */
  submit(request: Request): Promise<Accepted> {
    // The trace that goes with the events begins here.
    return tracer().startActiveSpan(request.operation, async (span) => {
      try {
        return await this.#submit(request);
      } finally {
        span.end();
      }
    });
  }

  async #submit(request: Request): Promise<Accepted> {
    const hash = hashOf(request);
    const row = await this.#insert(request, hash);
    if (row) {
      await this.#produce(row);
      return { subject: row.subject, repeated: false };
    }
    const known = await this.#find(request.idempotencyKey);
    if (known.body_hash !== hash) {
      throw new ProblemError(
        422,
        'The Idempotency-Key was used for another request',
        'A key stands for one request. Nothing was done; use a new key for a new request.',
      );
    }
    // Whoever made it may have died before the log had it.
    if (known.produced_at === null) await this.#produce(known);
    return { subject: known.subject, repeated: true };
  }

  /** Whether a request with this key was made before. */
  async answered(key: string | null): Promise<boolean> {
    if (key === null) return false;
    const rows = await this.#sql('select 1 from gateway.requests where idempotency_key = $1', [key]);
    return rows.length > 0;
  }

  /** Produces again what was not marked within `age` ms. @returns how many requests there were. */
  async sweep(age: number): Promise<number> {
    const before = new Date(this.environment.now().getTime() - age);
    const rows = await this.#sql<Row>(
      `select id, body_hash, subject, events, produced_at from gateway.requests
       where produced_at is null and requested_at <= $1 order by requested_at limit 100`,
      [before],
    );
    for (const row of rows) await this.#produce(row);
    return rows.length;
  }

  async #insert(request: Request, hash: string): Promise<Row | undefined> {
    const { newId, now } = this.environment;
    const id = newId();
    const at = now();
    const [row] = await this.#sql<Row>(
      `insert into gateway.requests (id, idempotency_key, body_hash, subject, events, requested_at)
       values ($1, $2, $3, $4, $5, $6) on conflict (idempotency_key) do nothing
       returning id, body_hash, subject, events, produced_at`,
      [
        id,
        request.idempotencyKey,
        hash,
        request.subject,
        JSON.stringify(request.events.map((event, i) => enveloped(event, `${id}.${i}`, at))),
        at,
      ],
    );
    return row;
  }

  async #find(key: string | null): Promise<Row> {
    const [row] = await this.#sql<Row>(
      'select id, body_hash, subject, events, produced_at from gateway.requests where idempotency_key = $1',
      [key],
    );
    if (!row) throw new Error('a request is neither new nor known');
    return row;
  }

  async #produce({ id, events }: Row): Promise<void> {
    await this.log.append(events);
    await this.#sql('update gateway.requests set produced_at = $2 where id = $1 and produced_at is null', [
      id,
      this.environment.now(),
    ]);
  }
}

function enveloped(event: NewEvent, id: string, at: Date): JobEvent {
  const time = at.toISOString();
  return { ...event, id, version: 1, occurredAt: time, receivedAt: time } as JobEvent;
}

function hashOf({ operation, body }: Request): string {
  return createHash('sha256')
    .update(`${operation}\n${JSON.stringify(body)}`)
    .digest('hex');
}

/**
 * Everything asked for that the live tables do not show yet. To be read in the transaction that reads the tables, so
 * that a request is in one of the two. Served by requests_to_project.
 */
export async function readPending(sql: Sql): Promise<Pending> {
  const rows = await sql<{ events: JobEvent[] }>(
    'select events from gateway.requests where not projected order by requested_at, id',
  );
  return new Pending(rows.flatMap(({ events }) => events));
}
