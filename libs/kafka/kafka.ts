import { connect as connectPlain } from 'node:net';
import { connect as connectSecure, type ConnectionOptions } from 'node:tls';

import { type Admin, Kafka as Client, type LogEntry, logLevel, type SASLOptions } from 'kafkajs';

import { type Cluster, createCluster } from './kafkajs-internals.js';
import { patchKafkajs } from './patch-kafkajs.js';

/** What of a logger is used here; pino's fits. */
export interface KafkaLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface KafkaOptions {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger?: KafkaLogger | undefined;
  readonly ssl?: boolean | ConnectionOptions | undefined;
  readonly sasl?: SASLOptions | undefined;
}

const KEEP_ALIVE_MS = 60_000;
const METADATA_MAX_AGE_MS = 300_000;

/**
 * One way to a Kafka cluster. Opens no connection itself: producers, consumers and readers made from it each have
 * their own.
 */
export class Kafka {
  constructor(
    /** kafkajs' client: for libs/kafka only. */
    readonly client: Client,
    readonly logger: KafkaLogger | undefined,
  ) {}

  /** Connections and metadata of its own. Topics are never created by asking for them. */
  cluster(): Cluster {
    return createCluster(this.client, {
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
    });
  }

  /** Runs `work` with a connected admin client and closes it. */
  async admin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.client.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

/** A patched kafkajs client (see `patch-kafkajs.ts`): no Nagle delay, own encoder and decoder, no idle timers. */
export function createKafka(options: KafkaOptions): Kafka {
  patchKafkajs();
  const { logger } = options;
  const client = new Client({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ssl: options.ssl ?? false,
    ...(options.sasl ? { sasl: options.sasl } : {}),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    // Short, because everything here is retried with a patience of its own around it.
    retry: { initialRetryTime: 50, maxRetryTime: 500, multiplier: 2, factor: 0.2, retries: 4 },
    socketFactory: openSocket,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => forward(logger, entry),
  });
  return new Kafka(client, logger);
}

interface SocketRequest {
  host: string;
  port: number;
  ssl: ConnectionOptions | undefined;
  onConnect: () => void;
}

/** kafkajs leaves Nagle's algorithm on: without it latency halves. */
function openSocket({ host, port, ssl, onConnect }: SocketRequest) {
  const socket = ssl
    ? connectSecure({ host, port, servername: host, ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  return socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
}

/** kafkajs calls an error what it then mends itself; what cannot be mended reaches us as an exception. */
function forward(logger: KafkaLogger | undefined, { level, namespace, log }: LogEntry): void {
  if (!logger) return;
  const { message, timestamp: _, ...fields } = log;
  const line = `kafkajs ${namespace}: ${message}`;
  // A refused connection or an error in an answer is tried again, by kafkajs or here, or thrown.
  const matters = level <= logLevel.WARN && namespace !== 'Connection' && namespace !== 'BrokerPool';
  if (matters) logger.warn(fields, line);
  else logger.debug(fields, line);
}
