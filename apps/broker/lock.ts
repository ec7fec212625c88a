import { link, open, readFile, realpath, rename, rm } from 'node:fs/promises';

import { codeOf } from './log/files.js';

/** Another broker works in this folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** Folders held by this process: its own lock files tell nothing about these. */
const held = new Set<string>();

/**
 * Keeps a second broker out of a folder. The lock of a process that is gone is taken over.
 * @returns how to let go of it.
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const place = await realpath(folder);
  const path = `${place}/lock`;
  if (held.has(place)) throw inUse(folder, process.pid);
  held.add(place);
  try {
    while (!(await tryCreate(path))) await takeOver(path, folder);
  } catch (error) {
    held.delete(place);
    throw error;
  }
  return async () => {
    await rm(path, { force: true });
    held.delete(place);
  };
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o640);
    await file.writeFile(await identityOf(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function takeOver(path: string, folder: string): Promise<void> {
  const content = await readIfThere(path);
  if (content === undefined) return;
  const pid = Number(content.split(' ')[0]);
  if (await isAlive(pid, content)) throw inUse(folder, pid);
  // Renaming has one winner. Should it have moved the lock of someone who was quicker, that one gets it back.
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readIfThere(aside);
  if (moved !== content) await link(aside, path);
  await rm(aside, { force: true });
}

/** A process id may have been given to another program since: where the system tells when it began, that decides. */
async function isAlive(pid: number, content: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const [, began] = content.split(' ');
  const [, beganNow] = (await identityOf(pid)).split(' ');
  return !began || !beganNow || began === beganNow;
}

/** The process id and, on Linux, when the process began. */
async function identityOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold anything; the start time is the 20th field behind it.
  const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return began ? `${pid} ${began}` : String(pid);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function inUse(folder: string, pid: number): FolderInUse {
  return new FolderInUse(
    `Another broker (process ${pid}) works in ${folder}. Stop it first, or choose another folder with BROKER_DATA.`,
  );
}
