import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { Running, ServiceDefinition } from '../process/service.js';
import { StartError } from '../start-error.js';
import {
  asUser,
  cannotRun,
  type Cluster,
  createCluster,
  serverEnvironment,
  serverSettings,
} from './cluster.js';
import { endLeftover } from './leftover.js';

const READY = 'database system is ready to accept connections';
/** Of a Postgres that was killed: its children hold the shared memory for as long as their queries run. */
const STILL_HELD = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/u;
const RETRIES = 60;
const PAUSE = 250;

/** The real server, spawned directly: the package's own class installs signal handlers and hides why a start failed. */
export function postgresService(cluster: Cluster, logFile: string): ServiceDefinition {
  return {
    name: 'postgres',
    logFile,
    // Fast shutdown: ends sessions, writes everything down.
    stopSignal: 'SIGINT',
    patience: 30_000,
    launch: (said) => launch(cluster, said),
  };
}

async function launch(cluster: Cluster, said: (chunk: Buffer) => void): Promise<Running> {
  await createCluster(cluster);
  await endLeftover(cluster.data);
  for (let attempt = 0; ; attempt += 1) {
    const started = spawnServer(cluster, said);
    const outcome = await Promise.race([started.ready.then(() => null), started.failed]);
    if (outcome === null) return started;
    if (!STILL_HELD.test(outcome) || attempt >= RETRIES)
      throw new StartError(`Postgres does not start:\n${outcome}`);
    await wait(PAUSE);
  }
}

function spawnServer(cluster: Cluster, said: (chunk: Buffer) => void): Running & { failed: Promise<string> } {
  const program = join(cluster.binaries, 'bin', 'postgres');
  const child = spawn(program, ['-D', cluster.data, ...serverSettings(cluster.port)], {
    ...asUser(cluster.user),
    cwd: cluster.data,
    env: serverEnvironment,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  let serving: (port: number) => void = () => {};
  const ready = new Promise<number>((resolve) => (serving = resolve));
  child.stderr.on('data', (chunk: Buffer) => {
    said(chunk);
    if (words.length > 8_000) return;
    words += chunk.toString();
    if (words.includes(READY)) serving(cluster.port);
  });
  const failed = new Promise<string>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)));
    child.once('exit', (code, signal) => resolve(`${words.trim()} (${code ?? signal})`));
  });
  // Looked at while it starts only; later ends are its keeper's business.
  failed.catch(() => {});
  return { child, ready, failed };
}
