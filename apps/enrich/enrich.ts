import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { logStartedRecord, topics } from '#libs/events';
import {
  createKafka,
  ensureTopics,
  type Kafka,
  KafkaBatchStrategy,
  LogReader,
  RethrowFilter,
  type TopicOptions,
} from '#libs/kafka';
import { type Logger, nestLogger, Readiness } from '#libs/runtime';

import { type EnrichConfig } from './config.js';
import { type Dialects } from './dialects.js';
import { EnrichModule } from './enrich.module.js';
import { FillingOpener } from './filling.opener.js';
import { Fillings } from './fillings.js';
import { OutcomeWriter } from './outcome.writer.js';

export interface Surroundings {
  /** Random, unique per run of a process: a part of record keys. */
  readonly run: string;
  readonly newLogId: () => string;
  /** A fault that ends the process: offsets have not moved, whoever restarts it goes on where it was. */
  readonly onFatal: (error: unknown) => void;
  /** Other readers of formats than those that there are. */
  readonly dialects?: Dialects;
}

export interface Enrich {
  readonly port: number;
  stop(): Promise<void>;
}

/** Connects everything and starts to work. */
export async function startEnrich(
  config: EnrichConfig,
  logger: Logger,
  { run, newLogId, onFatal, dialects }: Surroundings,
): Promise<Enrich> {
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'murmuration-enrich', logger });
  const topicOptions: TopicOptions = {
    replicationFactor: config.KAFKA_REPLICATION,
    firstRecord: ({ partitions }) => logStartedRecord(newLogId(), partitions),
  };
  // The enriched topics wait for what the log says: one that was dropped must not be made again.
  await ensureTopics(kafka, [topics.jobs, topics.raw], topicOptions);
  const log = new LogReader(kafka);

  const { app, strategy, port } = await serve(config, logger, kafka, {
    writer: new OutcomeWriter(run, dialects),
    onFatal,
  });
  const readiness = app.get(Readiness);
  readiness.set('partitions assigned', false);
  const opener = new FillingOpener({
    kafka,
    strategy,
    topicOptions,
    concurrency: config.ENRICH_CONCURRENCY,
    onAssigned: () => readiness.set('partitions assigned', true),
    onFatal,
    logger,
  });
  const fillings = new Fillings({
    log,
    onFatal,
    open: (filling) => opener.open(filling),
    close: (filling) => opener.close(filling),
  });
  await fillings.start();
  return {
    port,
    stop: async () => {
      await fillings.stop();
      await app.close();
      await opener.stop();
      await log.close();
    },
  };
}

interface Served {
  readonly writer: OutcomeWriter;
  readonly onFatal: (error: unknown) => void;
}

async function serve(
  config: EnrichConfig,
  logger: Logger,
  kafka: Kafka,
  { writer, onFatal }: Served,
): Promise<{ app: INestApplication; strategy: KafkaBatchStrategy; port: number }> {
  const app = await NestFactory.create(EnrichModule.for({ logger, writer }), new FastifyAdapter(), {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new RethrowFilter());
  const strategy = new KafkaBatchStrategy(kafka, onFatal);
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(config.ENRICH_PORT, '127.0.0.1');
  return { app, strategy, port: Number(new URL(await app.getUrl()).port) };
}
