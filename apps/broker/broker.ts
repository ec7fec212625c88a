import { randomUUID } from 'node:crypto';

import { type Clock, systemClock } from './clock.js';
import { Coordinator } from './groups/coordinator.js';
import { OffsetStore } from './groups/offset-store.js';
import { routesOf } from './handlers/routes.js';
import { lockFolder } from './lock.js';
import { BufferPool } from './log/buffer-pool.js';
import { DamagedLog } from './log/damage.js';
import { type Files } from './log/files.js';
import { nodeFiles } from './log/node-files.js';
import { OpenSegments } from './log/open-segments.js';
import { type LogHouse, PartitionLog } from './log/partition-log.js';
import { listen } from './server/listen.js';
import { loadCatalogue } from './topics/catalogue.js';
import { Topics } from './topics/topics.js';

export interface BrokerOptions {
  /** Where everything is kept. Made where it does not exist. */
  readonly dataDir: string;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** What clients are told to connect to. Default: `host`. */
  readonly advertisedHost?: string;
  /** Whether asking for a topic makes it. Default false. */
  readonly autoCreateTopics?: boolean;
  /** Milliseconds; default 6 s, as Kafka's. */
  readonly minSessionTimeout?: number;
  /** A segment of a log is closed before it grows beyond this. Default 128 MiB. */
  readonly segmentBytes?: number;
  /** The disk failed: nothing is acknowledged any more, and the process should end. Default: it is thrown, unhandled. */
  readonly onFailure?: (error: unknown) => void;
  /** A client was let go because of what it sent. */
  readonly onClientFault?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly newId?: () => string;
  /** Another disk than this machine's; it has no lock. */
  readonly files?: Files;
}

export interface Broker {
  readonly port: number;
  /** Finishes what is being written, leaves checkpoints and lets go of the folder. */
  stop(): Promise<void>;
}

const NODE_ID = 0;
const MAX_FRAME_BYTES = 100 * 1024 * 1024;
const CHECKPOINT_BYTES = 32 * 1024 * 1024;
const RETENTION_EVERY = 5 * 60 * 1000;
const MAX_SESSION_TIMEOUT = 30 * 60 * 1000;

/**
 * Starts a single-node Kafka broker in this process.
 * @throws FolderInUse, DamagedLog, and what the system says of the address.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const settings = { ...DEFAULTS, ...options };
  await settings.files.makeFolder(settings.dataDir);
  const unlock = options.files ? async () => undefined : await lockFolder(settings.dataDir);
  try {
    return await serve(settings, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

const DEFAULTS: Required<Omit<BrokerOptions, 'dataDir' | 'advertisedHost'>> = {
  host: '127.0.0.1',
  port: 0,
  autoCreateTopics: false,
  minSessionTimeout: 6_000,
  segmentBytes: 128 * 1024 * 1024,
  onFailure: endProcess,
  onClientFault: () => undefined,
  clock: systemClock,
  newId: () => randomUUID(),
  files: nodeFiles,
};

async function serve(
  settings: typeof DEFAULTS & BrokerOptions,
  unlock: () => Promise<void>,
): Promise<Broker> {
  const { dataDir, clock, newId, host, minSessionTimeout, autoCreateTopics: autoCreate } = settings;
  const house: LogHouse = {
    files: settings.files,
    pool: new BufferPool(),
    openSegments: new OpenSegments(),
    segmentBytes: settings.segmentBytes,
    checkpointBytes: CHECKPOINT_BYTES,
    fail: settings.onFailure,
  };
  const log = await openGroupsLog(house, dataDir);
  const topics = await Topics.open(house, dataDir, newId());
  const offsets = await OffsetStore.open(log, () => clock.now());
  const groups = new Coordinator(offsets, clock, newId, {
    minSessionTimeout,
    maxSessionTimeout: MAX_SESSION_TIMEOUT,
  });
  const node = { id: NODE_ID, host: settings.advertisedHost ?? host, port: settings.port };
  const server = await listen(host, settings.port, {
    pool: house.pool,
    maxFrameBytes: MAX_FRAME_BYTES,
    routeFor: routesOf({ node, topics, groups, clock, autoCreate, defaultPartitions: 1 }),
    onFault: settings.onClientFault,
  });
  // Known only after listening; no client was answered before this line.
  node.port = server.port;
  const stopRetention = repeat(clock, RETENTION_EVERY, () => topics.applyRetention(clock.now()));
  return {
    port: server.port,
    async stop() {
      stopRetention();
      await server.close();
      groups.stop();
      await topics.close();
      await log.close();
      await unlock();
    },
  };
}

/** Made before the catalogue, so that where there is one, the offsets of groups are there as well. */
async function openGroupsLog(house: LogHouse, dataDir: string): Promise<PartitionLog> {
  const folder = `${dataDir}/groups`;
  const { files } = house;
  const isNew = (await files.list(folder)).length === 0;
  if (!(await loadCatalogue(files, dataDir))) {
    if (isNew) await PartitionLog.create(house, folder);
    // Also where a start before this one made it, and was killed before it came to this.
    await files.syncFolder(folder);
    await files.syncFolder(dataDir);
  } else if (isNew) {
    throw new DamagedLog(
      `${folder} is missing, though there are topics. Restore the data folder from a copy.`,
    );
  }
  return PartitionLog.open(house, folder);
}

/** A round begins when the last one is over. A full disk may stop one; the next tries again. */
function repeat(clock: Clock, every: number, action: () => Promise<void>): () => void {
  let cancel: () => void = () => undefined;
  const next = () => {
    cancel = clock.after(every, () => {
      action()
        .catch(() => undefined)
        .finally(next);
    });
  };
  next();
  return () => cancel();
}

/** Outside of every promise, so that nothing can swallow it. */
function endProcess(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
