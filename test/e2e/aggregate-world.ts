import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { type DataSource } from 'typeorm';

import { migrate, openDataSource, readLive, sqlOf } from '#libs/db';
import {
  enrichedTopic,
  jobEventKey,
  logStartedRecord,
  topics,
  type JobEvent,
  type Outcome,
} from '#libs/events';
import { createKafka, ensureTopics, type Kafka, LogReader, partitionFor, Producer } from '#libs/kafka';
import { createLogger } from '#libs/runtime';

import { type Aggregate, startAggregate } from '../../apps/aggregate/aggregate.js';
import { aggregateConfig, databaseOptions } from '../../apps/aggregate/config.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

interface Servers {
  readonly folder: string;
  readonly broker: TestBroker;
  readonly postgres: TestPostgres;
}

interface TestBroker {
  readonly port: number;
  stop(): Promise<void>;
}

/** The built broker, as a process of its own: within Jest's sandbox the system's errors are of another realm. */
function startBroker(dataDir: string): Promise<TestBroker> {
  const child = fork(join(process.env.MURMUR_DIST ?? 'dist', 'apps/broker/main.js'), {
    env: { PATH: process.env.PATH, BROKER_DATA: dataDir, BROKER_PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((ready, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the broker ended with ${code}`)));
    child.once('message', ({ port }: { port: number }) =>
      ready({
        port,
        stop: () =>
          new Promise((stopped) => {
            child.once('exit', () => stopped());
            child.kill('SIGTERM');
          }),
      }),
    );
  });
}

const PATIENCE = 60_000;

/** A broker, a Postgres and any number of aggregates in this process; the test writes what enrich would. */
export class AggregateWorld {
  readonly aggregates: Aggregate[] = [];
  readonly faults: unknown[] = [];

  readonly reader: LogReader;

  private constructor(
    private readonly servers: Servers,
    readonly kafka: Kafka,
    readonly producer: Producer,
    readonly db: DataSource,
  ) {
    this.reader = new LogReader(kafka);
  }

  static async start(): Promise<AggregateWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'murmuration-aggregate-'));
    const [broker, postgres] = await Promise.all([startBroker(join(folder, 'log')), startPostgres()]);
    const kafka = createKafka({ brokers: [`127.0.0.1:${broker.port}`], clientId: 'test' });
    const declared = [topics.jobs, topics.raw, topics.enriched];
    await ensureTopics(kafka, declared, {
      replicationFactor: 1,
      firstRecord: ({ partitions }) => logStartedRecord(randomUUID(), partitions),
    });
    const producer = new Producer(kafka, { onFatal: () => undefined });
    await producer.open();
    await migrate(databaseOptions({ DATABASE_URL: postgres.url }));
    const db = await openDataSource({ url: postgres.url, application: 'test' });
    return new AggregateWorld({ folder, broker, postgres }, kafka, producer, db);
  }

  get databaseUrl(): string {
    return this.servers.postgres.url;
  }

  async addAggregate(env: Readonly<Record<string, string>> = {}): Promise<Aggregate> {
    const config = aggregateConfig({
      KAFKA_BROKERS: `127.0.0.1:${this.servers.broker.port}`,
      DATABASE_URL: this.servers.postgres.url,
      ...env,
    });
    const aggregate = await startAggregate(config, createLogger('aggregate', 'fatal'), {
      now: () => new Date(),
      newLogId: randomUUID,
      onFatal: (error) => this.faults.push(error),
    });
    this.aggregates.push(aggregate);
    return aggregate;
  }

  /** Appends outcomes, each to the partition of its raw place. */
  async outcomes(outcomes: readonly Outcome[], topic: string = topics.enriched.name): Promise<void> {
    await this.producer.append(
      outcomes.map((outcome) => ({
        topic,
        partition: outcome.raw.partition,
        key: outcome.id,
        value: JSON.stringify(outcome),
      })),
    );
  }

  async events(events: readonly JobEvent[]): Promise<void> {
    await this.producer.append(
      events.map((event) => ({
        topic: topics.jobs.name,
        partition: partitionFor(jobEventKey(event), topics.jobs.partitions),
        key: jobEventKey(event),
        value: JSON.stringify(event),
      })),
    );
  }

  live<Row>(statement: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return readLive(this.db, (sql) => sql<Row>(statement, parameters));
  }

  sql<Row>(statement: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return sqlOf(this.db)<Row>(statement, parameters);
  }

  /** Resolves when the live generation has folded all that the log holds now. */
  async settled(): Promise<void> {
    const ends = new Map<string, number>();
    const [pointer] = await this.sql<{ topic: string }>(
      `select enriched_topic as topic from aggregate.generations where state = 'live'`,
    );
    for (const topic of [pointer?.topic ?? topics.enriched.name, topics.jobs.name]) {
      for (const { partition, high } of await this.reader.offsets(topic))
        ends.set(`${topic}/${partition}`, high);
    }
    await this.until('all that is in the log is folded', async () => {
      const rows = await this.live<{ topic: string; partition: number; next_enriched: number }>(
        'select topic, partition, next_enriched from offsets',
      );
      return rows.every(
        ({ topic, partition, next_enriched }) => next_enriched >= (ends.get(`${topic}/${partition}`) ?? 0),
      );
    });
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!(await holds())) {
      if (this.faults.length > 0)
        throw new Error(`an aggregate failed before ${what}`, { cause: this.faults[0] });
      if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE} ms`);
      await wait(30);
    }
  }

  async stop(): Promise<void> {
    for (const aggregate of this.aggregates) await aggregate.stop();
    await this.producer.close();
    await this.reader.close();
    await this.db.destroy();
    await this.servers.broker.stop();
    await this.servers.postgres.stop();
    await rm(this.servers.folder, { recursive: true, force: true });
  }
}

export const rawRebuildTopic = (generation: number) => enrichedTopic(generation).name;
