import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { type Instance, instanceFile, isRunning, processBegan, readInstance } from '#libs/installation';

import { StartError, systemCode } from '../start-error.js';

/** Held by one launcher for as long as it works on a folder. The file tells the command line where the gateway is. */
export class FolderLock {
  #released = false;

  private constructor(private readonly folder: string) {}

  /** @throws StartError when another copy works on the folder. A record whose process is gone is taken over. */
  static take(folder: string): FolderLock {
    const file = instanceFile(folder);
    const own = `${file}.${process.pid}`;
    writeRecord(own, null);
    try {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        if (linked(own, file)) return new FolderLock(folder);
        const other = readInstance(folder);
        if (other && isRunning(other)) throw alreadyRunning(folder, other);
        clearStale(file, JSON.stringify(other), own);
      }
    } finally {
      rmSync(own, { force: true });
    }
    throw new StartError(
      `The data folder ${folder} is being opened by other copies at this moment. Try again.`,
    );
  }

  /** Writes down where people reach this copy. */
  announce(url: string): void {
    const next = `${instanceFile(this.folder)}.next`;
    writeRecord(next, url);
    renameSync(next, instanceFile(this.folder));
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (readInstance(this.folder)?.pid === process.pid) rmSync(instanceFile(this.folder), { force: true });
  }
}

function writeRecord(file: string, url: string | null): void {
  const record: Instance = { pid: process.pid, began: processBegan(process.pid), url };
  writeFileSync(file, JSON.stringify(record), { mode: 0o644 });
}

/** A link is made by one process only, and the file is complete the moment it is there. */
function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two copies may find the same stale record: what was moved away is put back where it was somebody's new one. */
function clearStale(file: string, stale: string, own: string): void {
  const aside = `${own}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readFileSync(aside, 'utf8');
  if (moved !== stale && stale !== 'null') linked(aside, file);
  rmSync(aside, { force: true });
}

function alreadyRunning(folder: string, { pid, url }: Instance): StartError {
  const where = url ? `: ${url}` : '';
  return new StartError(
    `Murmuration already runs on the data folder ${folder} (process ${pid})${where}\n` +
      'Stop that one first, or start this one on another folder and port: MURMUR_DATA=… GATEWAY_PORT=…',
  );
}
