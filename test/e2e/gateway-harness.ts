import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable } from 'node:stream';

import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import pino from 'pino';

import { DirectoryBlobStore } from '#libs/blobs';
import { migrate, openDataSource, sqlOf } from '#libs/db';
import { type JobEvent, jobEventKey, type Outcome, topics } from '#libs/events';
import { partitionFor } from '#libs/kafka';

import { commitEvents } from '../../apps/aggregate/events/commit-events.js';
import { commitSlices } from '../../apps/aggregate/fold/commit-slices.js';
import { prepare } from '../../apps/aggregate/fold/slice.js';
import { openTables } from '../../apps/aggregate/testing/tables.js';
import { createGateway, type GatewayOptions } from '../../apps/gateway/app.js';
import { gatewayDatabase } from '../../apps/gateway/database.js';
import { type Live } from '../../apps/gateway/http/live.js';
import { ProblemError } from '../../apps/gateway/http/problem.js';
import { newId } from '../../apps/gateway/new-id.js';
import { type EventLog } from '../../apps/gateway/requests/event-log.js';
import { markProjected } from '../../apps/gateway/requests/projected.query.js';
import { type RequestsStore } from '../../apps/gateway/requests/requests.store.js';
import { REQUESTS } from '../../apps/gateway/tokens.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

type DataSource = Awaited<ReturnType<typeof openDataSource>>;

const EVENT_PARTITIONS = 2;
const PARTITIONS = 3;

/** A log in memory. What is in it is folded into the tables when a test says so. */
class MemoryLog implements EventLog {
  readonly events: JobEvent[] = [];
  /** The broker is away. */
  broken = false;

  async append(events: readonly JobEvent[]): Promise<void> {
    if (this.broken) throw new Error('the log does not answer');
    this.events.push(...events);
  }
}

/** A gateway on a real Postgres with real tables; only the log is in memory. */
export class TestGateway {
  readonly log = new MemoryLog();
  readonly raw = new Map<string, Buffer>();
  address = '';
  readonly #nextEvent = new Map<number, number>();
  #foldedEvents = 0;
  readonly #nextOutcome = new Map<number, number>();

  private constructor(
    readonly postgres: TestPostgres,
    /** With aggregate's rights. */
    readonly tables: DataSource,
    readonly database: DataSource,
    readonly folder: string,
  ) {}

  app!: NestFastifyApplication;

  static async start(options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
    const postgres = await startPostgres();
    const tables = await openTables(postgres.url, PARTITIONS);
    const database = gatewayDatabase(postgres.url);
    await migrate(database);
    const folder = await mkdtemp(join(tmpdir(), 'murmuration-gateway-'));
    const gateway = new TestGateway(postgres, tables, await openDataSource(database), folder);
    await gateway.#listen(options);
    return gateway;
  }

  async #listen(options: Partial<GatewayOptions>): Promise<void> {
    this.app = await createGateway(
      {
        dataSource: this.database,
        blobs: new DirectoryBlobStore(this.blobs),
        log: this.log,
        rawLog: {
          read: async (_, partition, offset) => {
            const value = this.raw.get(`${partition}:${offset}`);
            return value ? { value } : null;
          },
        },
        environment: { now: () => new Date(), newId },
        settings: { version: '0.0.0', publicUrl: '', url: () => this.address },
        logger: pino({ level: 'silent' }),
      },
      {
        access: { tokenHash: () => null, loopback: true, publicHost: null },
        page: join(this.folder, 'page'),
        ...options,
      },
    );
    await this.app.listen(0, '127.0.0.1');
    this.address = (await this.app.getUrl()).replace('[::1]', '127.0.0.1');
  }

  get blobs(): string {
    return join(this.folder, 'blobs');
  }

  get requests(): RequestsStore {
    return this.app.get<RequestsStore>(REQUESTS);
  }

  blobNames = (): Promise<string[]> => readdir(this.blobs).catch(() => []);

  /** Folds the events that came since, as aggregate would; the gateway then lets go of its own rows. */
  async project(): Promise<void> {
    await this.foldEvents(this.log.events.slice(this.#foldedEvents));
    this.#foldedEvents = this.log.events.length;
    await markProjected(this.database);
  }

  /** Folds events of anybody. */
  async foldEvents(events: readonly JobEvent[]): Promise<void> {
    for (const event of events) {
      const partition = partitionFor(jobEventKey(event), EVENT_PARTITIONS);
      const from = this.#nextEvent.get(partition) ?? 0;
      const to = from + 1;
      await commitEvents(this.tables, 1, { partition, from, to, records: [{ offset: from, event }] });
      this.#nextEvent.set(partition, to);
    }
  }

  /** Folds outcomes; each goes to the partition of its raw record. */
  async count(outcomes: readonly Outcome[]): Promise<void> {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const own = outcomes.filter(({ raw }) => raw.partition === partition);
      const from = this.#nextOutcome.get(partition) ?? 0;
      const records = own.map((outcome, i) =>
        prepare(from + i, { outcome, data: JSON.stringify(outcome.data) }),
      );
      const to = from + records.length;
      if (to === from) continue;
      await commitSlices(this.tables, { generation: 1, topic: topics.enriched.name }, [
        { partition, from, to, records },
      ]);
      this.#nextOutcome.set(partition, to);
    }
  }

  async sql<Row = Record<string, unknown>>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
    return sqlOf(this.tables)<Row>(statement, parameters);
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.address}${path}`, init);
  }

  /** JSON of a successful answer. */
  async get<T>(path: string): Promise<T> {
    const response = await this.fetch(path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Uploads texts as files. */
  upload(
    files: Readonly<Record<string, string>>,
    { fields = {}, headers = {} }: { fields?: Record<string, string>; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const [name, content] of Object.entries(files)) form.append('file', new Blob([content]), name);
    return this.fetch('/api/v1/jobs', { method: 'POST', body: form, headers });
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.destroy();
    await this.tables.destroy();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A download, as soon as one is let in: Postgres knows that the last one is over a moment before the gateway does. */
export async function streamWhenFree(live: Live, begin: Parameters<Live['stream']>[0]): Promise<Readable> {
  try {
    return await live.stream(begin);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    await new Promise((next) => setImmediate(next));
    return streamWhenFree(live, begin);
  }
}
