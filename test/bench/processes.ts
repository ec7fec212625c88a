import { readdirSync, readFileSync } from 'node:fs';

/** CPU seconds and memory of a process and everything below it, by name of the app. Linux only. */
export interface Usage {
  readonly cpuSeconds: number;
  /** The most memory that any one process of it has ever had, MiB. */
  readonly peakMiB: number;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

const TICKS_PER_SECOND = 100;

/** Usage of all descendants of `root`, summed by app; every process of Postgres counts as `postgres`. */
export function usageBelow(root: number): Map<string, Usage> {
  const rows = processes();
  const below = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of rows) {
      if (!below.has(parent) || below.has(pid)) continue;
      below.add(pid);
      grown = true;
    }
  }
  const usage = new Map<string, Usage>();
  for (const row of rows.filter(({ pid }) => below.has(pid) && pid !== root)) {
    const known = usage.get(row.name) ?? { cpuSeconds: 0, peakMiB: 0 };
    usage.set(row.name, {
      cpuSeconds: known.cpuSeconds + row.cpuSeconds,
      peakMiB: Math.max(known.peakMiB, row.peakMiB),
    });
  }
  return usage;
}

function processes(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const entry of readdirSync('/proc')) {
    const row = /^\d+$/.test(entry) ? processRow(Number(entry)) : null;
    if (row) rows.push(row);
  }
  return rows;
}

/** Null for a process that has ended in the meantime. */
function processRow(pid: number): ProcessRow | null {
  const stat = readProc(pid, 'stat');
  const commandLine = readProc(pid, 'cmdline');
  const status = readProc(pid, 'status');
  if (stat === null || commandLine === null || status === null) return null;
  // The name in parentheses may hold spaces: fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
  return {
    pid,
    parent: Number(fields[1]),
    name: nameOf(commandLine),
    cpuSeconds: ticks / TICKS_PER_SECOND,
    peakMiB: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
}

function nameOf(commandLine: string): string {
  if (commandLine.includes('postgres')) return 'postgres';
  return /apps\/([a-z-]+)\/main\.js/.exec(commandLine)?.[1] ?? 'other';
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && (err.code === 'ENOENT' || err.code === 'ESRCH')) return null;
    throw err;
  }
}
