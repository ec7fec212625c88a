import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type DataSource } from 'typeorm';

import { DirectoryBlobStore } from '#libs/blobs';
import { openMigrated, sqlOf } from '#libs/db';
import { logStartedRecord, topics } from '#libs/events';
import {
  createKafka,
  ensureTopics,
  type Kafka,
  KafkaBatchStrategy,
  LogReader,
  Producer,
  RethrowFilter,
} from '#libs/kafka';
import { type Logger, nestLogger, Readiness } from '#libs/runtime';

import { type IngestConfig } from './config.js';
import { ingestDatabase } from './database.js';
import { IngestModule } from './ingest.module.js';
import { Deletions } from './jobs/deletions.js';
import { EventWriter } from './jobs/event-writer.js';
import { JobRunner } from './jobs/job-runner.js';
import { JobStore } from './jobs/job.store.js';
import { LeaseStore } from './jobs/lease.store.js';
import { OriginGate } from './jobs/origin-gate.js';
import { RawWriter } from './jobs/raw-writer.js';
import { JobSources } from './sources/open.js';

export interface Surroundings {
  /** Names this process among its copies. */
  readonly holder: string;
  readonly now: () => Date;
  readonly newLogId: () => string;
  /** A fault that ends the process: whoever restarts it goes on where it was. */
  readonly onFatal: (error: unknown) => void;
}

export interface Ingest {
  readonly port: number;
  stop(): Promise<void>;
}

const GROUP = 'ingest';
const CHECKPOINT_MS = 2_000;

/** Connects everything and starts to work. */
export async function startIngest(
  config: IngestConfig,
  logger: Logger,
  world: Surroundings,
): Promise<Ingest> {
  const db = await openMigrated(ingestDatabase(config.DATABASE_URL), (what) => logger.warn(what));
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: `murmuration-${GROUP}`, logger });
  await ensureTopics(kafka, [topics.jobs, topics.raw], {
    replicationFactor: config.KAFKA_REPLICATION,
    firstRecord: ({ partitions }) => logStartedRecord(world.newLogId(), partitions),
  });
  const producer = new Producer(kafka, { onFatal: world.onFatal });
  await producer.open();
  const log = new LogReader(kafka);
  const work = workOf({ config, logger, world, db, producer, log });

  const { app, strategy, port } = await serve(config, logger, kafka, { ...work, onFatal: world.onFatal });
  const readiness = app.get(Readiness);
  readiness.set('partitions assigned', false);
  await strategy.open({
    group: GROUP,
    topics: [
      {
        topic: topics.jobs.name,
        positions: { load: (topic, partitions) => work.store.nextOffsets(topic, partitions) },
      },
    ],
    context: undefined,
    onAssigned: () => readiness.set('partitions assigned', true),
  });
  work.runner.start(world.onFatal);
  work.deletions.start(world.onFatal);
  return {
    port,
    stop: async () => {
      await work.deletions.stop();
      await work.runner.stop();
      await app.close();
      await producer.close();
      await log.close();
      await db.destroy();
    },
  };
}

interface WorkParts {
  readonly config: IngestConfig;
  readonly logger: Logger;
  readonly world: Surroundings;
  readonly db: DataSource;
  readonly producer: Producer;
  readonly log: LogReader;
}

function workOf({ config, logger, world, db, producer, log }: WorkParts) {
  const { holder, now } = world;
  const store = new JobStore(db);
  const leases = new LeaseStore(sqlOf(db), holder, config.INGEST_LEASE_MS);
  const events = new EventWriter(producer, now);
  const raw = new RawWriter(producer);
  const origin = new OriginGate(store, events);
  const sources = new JobSources(new DirectoryBlobStore(config.BLOBS_DIR), log, now);
  const run = { events, raw, origin, now, checkpointEvery: CHECKPOINT_MS };
  const settings = { parallel: config.INGEST_JOBS, leaseMs: config.INGEST_LEASE_MS, holder };
  const runner = new JobRunner({ store, leases, run, sources, settings, logger });
  return { store, runner, deletions: new Deletions({ store, leases, raw, now, logger }) };
}

interface Served {
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly onFatal: (error: unknown) => void;
}

async function serve(
  config: IngestConfig,
  logger: Logger,
  kafka: Kafka,
  { store, runner, onFatal }: Served,
): Promise<{ app: INestApplication; strategy: KafkaBatchStrategy; port: number }> {
  const app = await NestFactory.create(IngestModule.for({ logger, store, runner }), new FastifyAdapter(), {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new RethrowFilter());
  const strategy = new KafkaBatchStrategy(kafka, onFatal);
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(config.INGEST_PORT, '127.0.0.1');
  return { app, strategy, port: Number(new URL(await app.getUrl()).port) };
}
