import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmdirSync, statfsSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';

import { StartError, systemCode } from '../start-error.js';

/** The user as whom Postgres runs; null: as ourselves. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const SERVER_USER = 'nobody';

/** Postgres refuses to run as root: then an existing user without rights runs it. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const id = (option: string) => Number(execFileSync('id', [option, SERVER_USER], { encoding: 'utf8' }));
  try {
    return { name: SERVER_USER, uid: id('-u'), gid: id('-g') };
  } catch {
    throw new StartError(
      `Postgres does not run as root, and this system has no user "${SERVER_USER}" to run it. Start as another user than root.`,
    );
  }
}

/**
 * Makes the data folder, or checks the one that is there. What we make can be passed through (not listed) by the user
 * who runs Postgres; the rights of what exists are its owner's business.
 * @throws StartError naming the directory that is in the way, and a default that works.
 */
export function prepareFolder(wanted: string, fallback: string, user: ServerUser | null): string {
  const folder = isAbsolute(wanted) ? wanted : resolve(wanted);
  const missing = missingDirectories(folder);
  // Before anything is made: what is refused leaves nothing behind.
  if (user) checkReach(dirname(missing[0] ?? join(folder, '.')), { folder, fallback, user });
  try {
    for (const directory of missing) {
      mkdirSync(directory);
      chmodSync(directory, user ? 0o711 : 0o700);
    }
    if (!statSync(folder).isDirectory())
      throw new StartError(`${folder} is no folder. Set MURMUR_DATA to one.`);
    checkOurs(folder);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = systemCode(error) ?? String(error);
    throw new StartError(
      `The data folder ${folder} cannot be used (${reason}). Set MURMUR_DATA to a folder that you may write to${without(folder, fallback)}.`,
    );
  }
  if (user) checkReach(folder, { folder, fallback, user });
  return folder;
}

const without = (folder: string, fallback: string) =>
  folder === fallback ? '' : `, or leave it out: ${fallback} is used then`;

function missingDirectories(folder: string): string[] {
  const missing: string[] = [];
  for (let directory = folder; !exists(directory); directory = dirname(directory)) missing.unshift(directory);
  return missing;
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw new StartError(`The folder ${path} cannot be looked at (${systemCode(error) ?? String(error)}).`);
  }
}

function checkOurs(folder: string): void {
  const probe = join(folder, `.probe-${process.pid}`);
  mkdirSync(probe);
  rmdirSync(probe);
}

interface Reach {
  readonly folder: string;
  readonly fallback: string;
  readonly user: ServerUser;
}

function checkReach(existing: string, { folder, fallback, user }: Reach): void {
  const blocking = ancestors(existing).find((directory) => !canEnter(directory, user));
  if (blocking === undefined) return;
  throw new StartError(
    `Postgres runs as the user "${user.name}" (it refuses to run as root), who cannot enter ${blocking}.\n` +
      `So ${folder} cannot hold the data. Leave MURMUR_DATA out to use ${fallback}, name another folder, or start as another user than root.`,
  );
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...ancestors(parent), folder];
}

/** Tried, not computed from the mode: access lists and mounts have a say as well. */
function canEnter(directory: string, { uid, gid }: ServerUser): boolean {
  return runs('cd "$1"', directory, { uid, gid });
}

/** Whether that user can read a file. */
export function canRead(file: string, { uid, gid }: ServerUser): boolean {
  return runs('test -r "$1"', file, { uid, gid });
}

function runs(script: string, path: string, user: { uid: number; gid: number }): boolean {
  const result = spawnSync('/bin/sh', ['-c', script, 'sh', path], { ...user, cwd: '/', stdio: 'ignore' });
  if (result.error) {
    throw new StartError(
      `This system does not let us start programs as another user (${systemCode(result.error) ?? ''}), which Postgres needs when started by root. Start as another user than root.`,
    );
  }
  return result.status === 0;
}

/** Bytes below a folder, and bytes free on its disk. Files that vanish while we look count as gone. */
export async function diskUse(folder: string): Promise<{ used: number; free: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => sizeOf(join(entry.parentPath, entry.name))),
  );
  const { bavail, bsize } = statfsSync(folder);
  return { used: sizes.reduce((sum, size) => sum + size, 0), free: bavail * bsize };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
