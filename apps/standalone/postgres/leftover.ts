import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { StartError, systemCode } from '../start-error.js';

const POLL = 50;
const PATIENCE = 15_000;

/**
 * Ends a Postgres that a killed launcher left behind on this folder. Only a process that is a Postgres on this very folder
 * is touched: after a restart of the machine its number may be somebody else's.
 */
export async function endLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = pidIn(file);
  if (pid === null) return;
  if (!isAlive(pid)) return; // Postgres itself knows what to do with the file of a dead one
  if (!isPostgresOn(pid, data)) {
    disown(file);
    return;
  }
  signal(pid, 'SIGINT');
  if (await gone(pid, PATIENCE)) return;
  signal(pid, 'SIGQUIT');
  if (await gone(pid, PATIENCE)) return;
  throw new StartError(
    `A Postgres of an earlier start (process ${pid}) still works on ${data} and does not end. End it, then start again.`,
  );
}

function pidIn(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Postgres refuses to start where the number in its file is alive, whoever that is. The file must stay: by it Postgres finds
 * children of a killed server that still write. So it gets the number of a process that has just ended.
 */
function disown(file: string): void {
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  const { pid } = spawnSync('true');
  writeFileSync(file, [pid, ...rest].join('\n'));
}

function isPostgresOn(pid: number, data: string): boolean {
  const command = commandOf(pid);
  return command !== null && command.includes('postgres') && command.includes(data);
}

function commandOf(pid: number): string | null {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    }
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return null;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

async function gone(pid: number, patience: number): Promise<boolean> {
  for (let waited = 0; waited < patience; waited += POLL) {
    if (!isAlive(pid)) return true;
    await wait(POLL);
  }
  return false;
}
