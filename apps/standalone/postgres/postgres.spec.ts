import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { serverUser } from '../folder/data-folder.js';
import { freePort } from '../ports.js';
import { Service } from '../process/service.js';
import { postgresBinaries } from './binaries.js';
import { type Cluster, databaseUrl } from './cluster.js';
import { postgresService } from './service.js';

let folder: string;
let cluster: Cluster;
let service: Service;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'murmur-postgres-'));
  const user = serverUser();
  if (user) chmodSync(folder, 0o711);
  const binaries = postgresBinaries(folder, user);
  cluster = { binaries, user, data: join(folder, 'data'), port: await freePort(), password: 'se cret' };
  service = new Service(postgresService(cluster, join(folder, 'postgres.log')));
  await service.start();
});

afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl({ ...cluster, password: 'se%20cret' }) });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('knows Unicode whatever the language of the system, and lets in who has the password only', async () => {
    expect(await query('show server_encoding')).toEqual(['UTF8']);
    expect(await query(`select upper('größe') || '高潮'`)).toEqual(['GRÖSSE高潮'.replace('SS', 'ß')]);
    const stranger = new pg.Client({ connectionString: databaseUrl({ ...cluster, password: 'guess' }) });
    await expect(stranger.connect()).rejects.toThrow(/password authentication failed/u);
  });

  it('keeps its data for itself and no socket file', async () => {
    expect(statSync(cluster.data).mode & 0o777).toBe(0o700);
    expect(await query('show unix_socket_directories')).toEqual(['']);
    expect(existsSync(`${cluster.data}.password`)).toBe(false);
  });

  it('comes back with everything committed after it was killed', async () => {
    await query('create table kept as select 7 as n');
    await service.kill();
    await service.start();
    expect(await query('select n from kept')).toEqual([7]);
  });

  it('ends the server that a killed launcher left behind, and starts its own', async () => {
    const leftBehind = service.pid;
    const other = new Service(postgresService(cluster, join(folder, 'other.log')));
    await other.start();
    expect(other.pid).not.toBe(leftBehind);
    await service.ended;
    expect(await query('select n from kept')).toEqual([7]);
    await other.stop();
    await service.start();
  });

  it('starts where the number in its file belongs to another program by now', async () => {
    await service.kill();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      ...(cluster.user ? { uid: cluster.user.uid, gid: cluster.user.gid } : {}),
      cwd: '/',
      stdio: 'ignore',
    });
    await once(stranger, 'spawn');
    const file = join(cluster.data, 'postmaster.pid');
    const [, ...rest] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [stranger.pid, ...rest].join('\n'));
    await service.start();
    expect(stranger.exitCode).toBeNull();
    stranger.kill('SIGKILL');
    expect(await query('select n from kept')).toEqual([7]);
  });

  it('says what is wrong when it cannot start', async () => {
    const port = cluster.port;
    const otherFolder = mkdtempSync(join(folder, 'second-'));
    chmodSync(otherFolder, 0o711);
    const second = new Service(
      postgresService({ ...cluster, data: join(otherFolder, 'data'), port }, join(folder, 'second.log')),
    );
    await expect(second.start()).rejects.toThrow(/Postgres does not start:[^]*Address already in use/u);
  });
});
