import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The one command, as a person starts it: what it prints, and its end. */
export class Launched {
  output = '';
  readonly ended: Promise<number | NodeJS.Signals | null>;

  private constructor(readonly process: ChildProcess) {
    const hear = (chunk: Buffer) => (this.output += chunk.toString());
    process.stdout?.on('data', hear);
    process.stderr?.on('data', hear);
    this.ended = new Promise((resolve) => process.once('close', (code, signal) => resolve(signal ?? code)));
  }

  /** Starts it and does not wait. LANG is unset, as on a bare machine. */
  static begin(env: Readonly<Record<string, string>>, dist = join(process.cwd(), 'dist')): Launched {
    return new Launched(
      spawn(process.execPath, [join(dist, 'apps', 'standalone', 'main.js')], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Resolves when it is ready. @throws with what it printed when it ends before. */
  static async start(env: Readonly<Record<string, string>>): Promise<Launched> {
    const launched = Launched.begin(env);
    await launched.printed(/Start afresh .*\n/u);
    return launched;
  }

  get url(): string {
    const found = /Open\s+(http:\S+)/u.exec(this.output)?.[1];
    if (found === undefined) throw new Error(`no address in: ${this.output}`);
    return found;
  }

  /** Resolves when it has printed what is looked for. */
  async printed(what: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (what.test(this.output)) resolve();
      };
      this.process.stdout?.on('data', look);
      this.process.stderr?.on('data', look);
      void this.ended.then((how) => reject(new Error(`ended with ${how}: ${this.output}`)));
      look();
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | NodeJS.Signals | null> {
    this.process.kill(signal);
    return this.ended;
  }

  /** Processes it has started, by the name of the app; `postgres` for the server. Linux only. */
  children(): Map<string, number> {
    const found = new Map<string, number>();
    for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry))) {
      const parent = /^PPid:\s+(\d+)/mu.exec(read(`/proc/${pid}/status`))?.[1];
      if (parent !== String(this.process.pid)) continue;
      const command = read(`/proc/${pid}/cmdline`);
      const app = /apps\/([a-z]+)\/main\.js/u.exec(command)?.[1] ?? 'postgres';
      found.set(app, Number(pid));
    }
    return found;
  }
}

/** Empty for a process that has ended in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export function isAlive(pid: number): boolean {
  // A zombie that nobody has collected yet is no process any more.
  return /^State:\s+[^Z]/mu.test(read(`/proc/${pid}/status`));
}

/** Waits for a condition, looking every 50 ms. @throws after `patience` ms with what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patience = 60_000,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
