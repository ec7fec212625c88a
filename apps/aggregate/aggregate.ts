import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { openDataSource, openMigrated } from '#libs/db';
import { logStartedRecord, topics } from '#libs/events';
import {
  createKafka,
  ensureTopics,
  type Kafka,
  KafkaBatchStrategy,
  LogReader,
  Producer,
  RethrowFilter,
  type TopicOptions,
} from '#libs/kafka';
import { type Logger, nestLogger, Readiness } from '#libs/runtime';

import { AggregateModule } from './aggregate.module.js';
import { type AggregateConfig, databaseOptions, foldingSettings } from './config.js';
import { Readers } from './consume/readers.js';
import { every, type Repeating } from './every.js';
import { Announcer } from './generations/announcer.js';
import { Coordinator } from './generations/coordinator.js';
import { makeFirstGeneration } from './generations/first-generation.js';
import { GenerationStore } from './generations/generation-store.js';
import { RebuildStore } from './generations/rebuild-store.js';
import { Sweeper } from './generations/sweeper.js';
import { checkIdentity, identityOf } from './log/identity.js';

export interface Surroundings {
  readonly now: () => Date;
  readonly newLogId: () => string;
  /** A fault that ends the process: offsets have not moved, whoever restarts it goes on where it was. */
  readonly onFatal: (error: unknown) => void;
}

export interface Aggregate {
  readonly port: number;
  stop(): Promise<void>;
}

/** How soon (ms) another process' new generation is taken up. */
const LOOK_MS = 300;
const COORDINATE_MS = 1_000;
const SWEEP_MS = 2_000;

/** Connects everything and starts to work. */
export async function startAggregate(
  config: AggregateConfig,
  logger: Logger,
  world: Surroundings,
): Promise<Aggregate> {
  const database = databaseOptions(config);
  const dataSource = await openMigrated(database, (what) => logger.warn(what));
  const folding = await openDataSource({ ...database, connections: 8, settings: foldingSettings });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'murmuration-aggregate', logger });
  const reader = new LogReader(kafka);
  const store = new GenerationStore(dataSource);
  const topicOptions: TopicOptions = {
    replicationFactor: config.KAFKA_REPLICATION,
    firstRecord: ({ partitions }) => logStartedRecord(world.newLogId(), partitions),
  };
  await ensureTopics(kafka, [topics.jobs, topics.raw, topics.enriched], topicOptions);
  await makeFirstGeneration(store, database, reader);
  await checkLogs(store, kafka, reader);

  const { app, strategy, port } = await serve(config, logger, kafka, world);
  const readiness = app.get(Readiness);
  readiness.set('partitions assigned', false);
  const readers = new Readers({
    dataSource: folding,
    store,
    strategy,
    limit: config.AGGREGATE_BATCH,
    onAssigned: () => readiness.set('partitions assigned', true),
  });
  await readers.reconcile();
  const producer = new Producer(kafka, { onFatal: world.onFatal });
  await producer.open();
  const { now } = world;
  const rebuilding = {
    dataSource,
    database,
    generations: store,
    rebuilds: new RebuildStore(store.sql, now),
    announcer: new Announcer(store, producer, now),
    kafka,
    reader,
    topicOptions,
  };
  const coordinator = new Coordinator({ ...rebuilding, grace: config.AGGREGATE_GRACE_MS, now, logger });
  const working = repeat({ readers, coordinator, sweeper: new Sweeper(dataSource), store }, world.onFatal);
  return {
    port,
    stop: async () => {
      await Promise.all(working.map((work) => work.stop()));
      await readers.close();
      await app.close();
      await producer.close();
      await reader.close();
      await folding.destroy();
      await dataSource.destroy();
    },
  };
}

interface Work {
  readonly readers: Readers;
  readonly coordinator: Coordinator;
  readonly sweeper: Sweeper;
  readonly store: GenerationStore;
}

function repeat(
  { readers, coordinator, sweeper, store }: Work,
  onFatal: (error: unknown) => void,
): Repeating[] {
  return [
    every(LOOK_MS, () => readers.reconcile(), onFatal),
    every(COORDINATE_MS, (signal) => coordinator.work(signal), onFatal),
    every(SWEEP_MS, (signal) => sweepAll(store, sweeper, signal), onFatal),
  ];
}

async function sweepAll(store: GenerationStore, sweeper: Sweeper, signal: AbortSignal): Promise<void> {
  for (const { generation } of await store.folded()) await sweeper.sweep(generation, signal);
}

/** @throws ForeignLogError when the tables were made from other topics than those that are there. */
async function checkLogs(store: GenerationStore, kafka: Kafka, reader: LogReader): Promise<void> {
  const folded = (await store.folded()).map(({ topic }) => topic);
  for (const topic of new Set([topics.jobs.name, topics.raw.name, ...folded])) {
    await checkIdentity(store.sql, await identityOf(kafka, reader, topic));
  }
}

async function serve(
  config: AggregateConfig,
  logger: Logger,
  kafka: Kafka,
  { onFatal }: Surroundings,
): Promise<{ app: INestApplication; strategy: KafkaBatchStrategy; port: number }> {
  const app = await NestFactory.create(AggregateModule.for(logger), new FastifyAdapter(), {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new RethrowFilter());
  const strategy = new KafkaBatchStrategy(kafka, onFatal);
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(config.AGGREGATE_PORT, '127.0.0.1');
  return { app, strategy, port: Number(new URL(await app.getUrl()).port) };
}
