import { fork } from 'node:child_process';
import { join } from 'node:path';

import { z } from 'zod';

import type { Running, ServiceDefinition } from './service.js';

const readySchema = z.object({ ready: z.literal(true), port: z.number().nullable() });

export interface AppOptions {
  /** Folder of the built apps. */
  readonly dist: string;
  readonly app: string;
  /** What the app is called here, where several copies run. */
  readonly name?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly args?: readonly string[];
}

export const entryOf = (dist: string, app: string) => join(dist, 'apps', app, 'main.js');

/** One of our own apps as a child that says over IPC when it is ready, and ends when that channel does. */
export function appService(options: AppOptions): ServiceDefinition {
  return {
    name: options.name ?? options.app,
    logFile: options.logFile,
    stopSignal: 'SIGTERM',
    patience: 12_000,
    launch: (said) => launch(options, said),
  };
}

function launch(
  { dist, app, name = app, env, args = [] }: AppOptions,
  said: (chunk: Buffer) => void,
): Running {
  const child = fork(entryOf(dist, app), [...args], {
    env: definedOnly(env),
    // Nothing of how this process was started (a debugger's port, a test's loader) is meant for it.
    execArgv: [],
    // A group of its own: Ctrl-C reaches the launcher only, which stops everything in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.on('data', said);
  child.stderr?.on('data', said);
  const ready = new Promise<number | null>((resolve, reject) => {
    child.on('message', (message) => {
      const parsed = readySchema.safeParse(message);
      if (parsed.success) resolve(parsed.data.port);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`${name} ended before it was ready (${code ?? signal})`)),
    );
  });
  return { child, ready };
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) if (value !== undefined) defined[key] = value;
  return defined;
}

/** Runs an app once to its end (`migrate`). @throws with what it said last when it fails. */
export function runApp(options: AppOptions, said: (chunk: Buffer) => void): Promise<void> {
  let last = '';
  const { child, ready } = launch(options, (chunk) => {
    last = (last + chunk.toString()).slice(-4_000);
    said(chunk);
  });
  ready.catch(() => {}); // a run ends, it never gets ready
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${options.app} ${options.args?.join(' ') ?? ''} failed (${code ?? signal}): ${last.trim()}`,
          ),
        );
    });
  });
}
