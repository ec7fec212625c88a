import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

/** The copy that runs on a data folder, as its lock file `instance.json` names it. */
const instanceSchema = z.object({
  pid: z.number().int().positive(),
  /** When the process began, in the system's own words: a number may be given to another process later. */
  began: z.string().nullable(),
  /** Where people reach it, null while it is starting. */
  url: z.string().nullable(),
});
export type Instance = Readonly<z.infer<typeof instanceSchema>>;

export const instanceFile = (folder: string) => join(folder, 'instance.json');

/** The last copy that ran on a folder; it may be gone (see `isRunning`). Null where there is no readable record. */
export function readInstance(folder: string): Instance | null {
  try {
    const parsed = instanceSchema.safeParse(JSON.parse(readFileSync(instanceFile(folder), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // Written whole, but a full disk may leave it empty: then nobody runs.
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Whether the very process of a record is still there. */
export function isRunning({ pid, began }: Instance): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false; // somebody else's process is one all the same
  }
  return began === null || processBegan(pid) === began;
}

/** Something that tells this process from any other that had or will have its number. Null where nothing does. */
export function processBegan(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      // The name in brackets may hold anything; field 22 is the start in ticks since the boot.
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      return `${boot}/${ticks ?? ''}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
