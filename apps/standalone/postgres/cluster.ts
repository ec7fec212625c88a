import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

import type { ServerUser } from '../folder/data-folder.js';
import { StartError, systemCode } from '../start-error.js';

export const DATABASE = 'postgres';
export const DATABASE_USER = 'murmuration';

/** Where a database lies and who runs it. */
export interface Cluster {
  readonly binaries: string;
  /** Postgres' own folder, inside the data folder. */
  readonly data: string;
  readonly port: number;
  readonly password: string;
  readonly user: ServerUser | null;
}

export const databaseUrl = ({ password, port }: Pick<Cluster, 'password' | 'port'>) =>
  `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${DATABASE}`;

const MIB = 1024 * 1024;

/** For a machine of two cores that also runs everything else. */
export function serverSettings(port: number, memory = totalmem()): string[] {
  const buffers = Math.min(512, Math.max(64, Math.floor(memory / 16 / MIB)));
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    // The default is in the system's tmp, where two copies and two users meet.
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: `${buffers}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    // Whole-page images follow every checkpoint: few checkpoints, few of them.
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    // These binaries have no lz4, and pglz costs more of two cores than the disk it saves.
    wal_compression: 'off',
    wal_buffers: '16MB',
    jit: 'off',
    random_page_cost: '1.1',
    autovacuum_naptime: '20s',
    // What the launcher waits for is a sentence.
    lc_messages: 'C',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The environment of Postgres' programs: nothing of ours may change what they do. */
export const serverEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export const asUser = (user: ServerUser | null) => (user ? { uid: user.uid, gid: user.gid } : {});

/**
 * Makes the database unless it is there. Made beside its place and moved when it is complete, so a start that is killed
 * half-way leaves nothing that looks like a database.
 */
export async function createCluster(cluster: Cluster): Promise<void> {
  const { data, binaries } = cluster;
  if (existsSync(join(data, 'PG_VERSION'))) {
    checkVersion(cluster);
    return;
  }
  const next = `${data}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next);
  chmodSync(next, 0o700);
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  if (cluster.user) {
    chownSync(next, cluster.user.uid, cluster.user.gid);
    chownSync(passwordFile, cluster.user.uid, cluster.user.gid);
  }
  try {
    await initialise(join(binaries, 'bin', 'initdb'), { next, passwordFile, user: cluster.user });
    renameSync(next, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function checkVersion({ data, binaries }: Cluster): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const catalog = readFileSync(join(binaries, 'share', 'postgresql', 'postgres.bki'), 'utf8').slice(0, 40);
  const ours = /PostgreSQL (\d+)/u.exec(catalog)?.[1] ?? made;
  if (made === ours) return;
  throw new StartError(
    `The database in ${data} was made by Postgres ${made}, and this version brings Postgres ${ours}. Start the version that made it, or another data folder.`,
  );
}

interface Initialisation {
  readonly next: string;
  readonly passwordFile: string;
  readonly user: ServerUser | null;
}

function initialise(initdb: string, { next, passwordFile, user }: Initialisation): Promise<void> {
  const args = [
    `--pgdata=${next}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    // With LANG unset initdb would make a database that knows no Unicode.
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, args, {
      ...asUser(user),
      cwd: next,
      env: serverEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', (error) => reject(cannotRun(initdb, error)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new StartError(`Postgres could not make its database (initdb: ${code ?? signal}).\n${said.trim()}`),
        );
    });
  });
}

/** Why a program of Postgres did not even start. */
export function cannotRun(program: string, error: unknown): StartError {
  const code = systemCode(error) ?? String(error);
  // The file is there (we found it), so what is missing is the loader that its head names.
  const hint =
    code === 'ENOENT'
      ? 'This Linux has no glibc (Alpine?), which the embedded Postgres needs. Use another one, or your own Postgres: see README.'
      : 'Is the disk mounted so that programs on it may run?';
  return new StartError(`${program} cannot be run (${code}). ${hint}`);
}
