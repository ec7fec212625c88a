import { setTimeout as wait } from 'node:timers/promises';

import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DataSource } from 'typeorm';

import { DirectoryBlobStore } from '#libs/blobs';
import { isMissing, openMigrated, sqlOf } from '#libs/db';
import { logStartedRecord, topics } from '#libs/events';
import { createKafka, ensureTopics, LogReader, Producer } from '#libs/kafka';
import { type Logger, Readiness } from '#libs/runtime';

import { createGateway } from './app.js';
import { type GatewayConfig } from './config.js';
import { gatewayDatabase } from './database.js';
import { accessToken } from './http/access-token.js';
import { hashToken, hostOf, isLoopback } from './http/harden.js';
import { Live } from './http/live.js';
import { KafkaEventLog } from './requests/event-log.js';
import { RequestsStore } from './requests/requests.store.js';
import { keepRequests } from './requests/upkeep.js';
import { StatusSampler } from './status/status-sampler.js';
import { REQUESTS } from './tokens.js';

export interface Surroundings {
  readonly version: string;
  /** Folder of the built page. */
  readonly page: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly newLogId: () => string;
  /** Told the token that was made at this start: the only time that anybody can see it. */
  readonly onNewToken: (token: string) => void;
  /** A fault that ends the process; requests that are written down are produced by the next one. */
  readonly onFatal: (error: unknown) => void;
}

export interface Gateway {
  readonly port: number;
  stop(): Promise<void>;
}

/** Uploads that were begun so long ago (ms) and are not whole were cut off by a crash. */
const LEFTOVER_AGE = 24 * 3600 * 1000;

/** Connects everything and serves. Returns when there are tables to read. */
export async function startGateway(
  config: GatewayConfig,
  logger: Logger,
  world: Surroundings,
): Promise<Gateway> {
  const dataSource = await openMigrated(gatewayDatabase(config.DATABASE_URL), (what) => logger.warn(what));
  const { producer, rawLog } = await openLog(config, logger, world);
  const app = await serve({ config, logger, world, dataSource, producer, rawLog });

  const stopping = new AbortController();
  const { signal } = stopping;
  await untilThereAreTables(app.get(Live), signal, () => logger.warn('waits for the tables of aggregate'));
  app.get(Readiness).set('tables', true);
  const keeping = Promise.all([
    keepRequests(dataSource, app.get<RequestsStore>(REQUESTS), { signal, logger }),
    app.get(StatusSampler).run(signal),
  ]);
  keeping.catch(world.onFatal);
  return {
    port: await portOf(app),
    stop: async () => {
      stopping.abort();
      await app.close();
      await keeping;
      await producer.close();
      await rawLog.close();
      await dataSource.destroy();
    },
  };
}

async function openLog(config: GatewayConfig, logger: Logger, { newLogId, onFatal }: Surroundings) {
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'murmuration-gateway', logger });
  await ensureTopics(kafka, [topics.jobs, topics.raw], {
    replicationFactor: config.KAFKA_REPLICATION,
    firstRecord: ({ partitions }) => logStartedRecord(newLogId(), partitions),
  });
  const producer = new Producer(kafka, { onFatal });
  await producer.open();
  return { producer, rawLog: new LogReader(kafka) };
}

interface ServeParts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly world: Surroundings;
  readonly dataSource: DataSource;
  readonly producer: Producer;
  readonly rawLog: LogReader;
}

async function serve(parts: ServeParts): Promise<NestFastifyApplication> {
  const { config, logger, world, dataSource, producer, rawLog } = parts;
  const blobs = new DirectoryBlobStore(config.BLOBS_DIR);
  await blobs.removeLeftovers(world.now(), LEFTOVER_AGE);
  const tokenHash = await neededToken(config, world, () => accessToken(sqlOf(dataSource)));
  const { GATEWAY_HOST: host, GATEWAY_PORT: port, PUBLIC_URL } = config;
  let url = PUBLIC_URL ?? '';
  const settings = { version: world.version, publicUrl: url, url: () => url };
  const environment = { now: world.now, newId: world.newId };
  const log = new KafkaEventLog(producer);
  const app = await createGateway(
    { dataSource, blobs, rawLog, logger, log, environment, settings },
    {
      page: world.page,
      access: {
        tokenHash: () => tokenHash,
        loopback: isLoopback(host),
        publicHost: PUBLIC_URL === undefined ? null : hostOf(PUBLIC_URL),
      },
    },
  );
  app.get(Readiness).set('tables', false);
  await app.listen(port, host);
  url ||= localUrl(host, await portOf(app));
  return app;
}

const portOf = async (app: NestFastifyApplication) => Number(new URL(await app.getUrl()).port);

/** Hash of the token to ask for: where one is set, and on every address that others can reach. */
async function neededToken(
  { MURMUR_TOKEN, GATEWAY_HOST }: GatewayConfig,
  { onNewToken }: Surroundings,
  make: () => Promise<{ hash: string; fresh: string | null }>,
): Promise<string | null> {
  if (MURMUR_TOKEN !== undefined) return hashToken(MURMUR_TOKEN);
  if (isLoopback(GATEWAY_HOST)) return null;
  const { hash, fresh } = await make();
  if (fresh !== null) onNewToken(fresh);
  return hash;
}

function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const LOOK_MS = 200;
const LOOKS_BEFORE_A_WORD = 25;

async function untilThereAreTables(live: Live, signal: AbortSignal, say: () => void): Promise<void> {
  for (let look = 1; !signal.aborted; look += 1) {
    try {
      await live.read(async () => undefined);
      return;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    if (look === LOOKS_BEFORE_A_WORD) say();
    await wait(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
