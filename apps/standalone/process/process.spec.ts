import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { fatalLines, lastMessage } from '../log-lines.js';
import { freePort, isFree, ownPort, wantedPort } from '../ports.js';
import { deferred } from '../wishes.js';
import { LogFile } from './log-file.js';
import { Service, type ServiceDefinition } from './service.js';
import { Supervisor } from './supervisor.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'murmur-process-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that is ready when it has printed something. */
const program = (script: string): ServiceDefinition => ({
  name: 'program',
  logFile: join(folder, 'program.log'),
  stopSignal: 'SIGTERM',
  patience: 300,
  launch: (said) => {
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.on('data', said);
    const ready = new Promise<null>((resolve, reject) => {
      child.stdout.once('data', () => resolve(null));
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
    return { child, ready };
  },
});

const FOREVER = 'setInterval(() => {}, 1000); console.log("ready");';

describe('a log file', () => {
  it('stays small, and keeps what came before for a while', () => {
    const log = new LogFile(join(folder, 'a.log'), 10);
    for (const text of ['one-------', 'two-------', 'three-----', 'four------', 'five------']) {
      log.write(Buffer.from(text));
    }
    log.close();
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(read('a.log')).toBe('five------');
    expect(read('a.log.1')).toBe('four------');
    expect(read('a.log.3')).toBe('two-------');
    expect(existsSync(join(folder, 'a.log.4'))).toBe(false);
  });
});

describe('a service', () => {
  it('ends by the signal it knows', async () => {
    const service = new Service(program(`process.on("SIGTERM", () => process.exit(7)); ${FOREVER}`));
    await service.start();
    expect(service.alive).toBe(true);
    expect(await service.stop()).toEqual({ code: 7, signal: null });
    expect(service.alive).toBe(false);
  });

  it('is ended by force after its patience', async () => {
    const service = new Service(program(`process.on("SIGTERM", () => {}); ${FOREVER}`));
    await service.start();
    expect(await service.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that ends before it is ready fails to start, with its last words kept', async () => {
    const service = new Service(program('console.error("no disk"); process.exitCode = 3'));
    await expect(service.start()).rejects.toThrow('ended with 3');
    expect(readFileSync(service.logPath, 'utf8')).toBe('no disk\n');
    expect(service.lastWords).toBe('no disk');
  });
});

describe('the supervisor', () => {
  const policy = { first: 1, longest: 4, attempts: 3, healthy: 60_000 };

  it('starts again what was killed, and nothing once it is told to stop', async () => {
    const service = new Service(program(FOREVER));
    await service.start();
    const first = service.pid;
    const back = deferred<void>();
    const events = { restarting: () => {}, restarted: () => back.resolve(), gaveUp: () => {} };
    const supervisor = new Supervisor(events, policy);
    const watched = supervisor.watch(service);
    service.signal('SIGKILL');
    await back.promise;
    expect(service.pid).not.toBe(first);
    supervisor.stop();
    await service.stop();
    await watched;
    expect(service.alive).toBe(false);
  });

  it('gives up on what keeps failing, after pauses that grow', async () => {
    const service = new Service(program('console.error("always"); process.exit(1)'));
    await service.start().catch(() => {});
    const pauses: number[] = [];
    const gaveUp: string[] = [];
    await new Supervisor(
      {
        restarting: (_, __, pause) => pauses.push(pause),
        restarted: () => {},
        gaveUp: (_, how) => gaveUp.push(how),
      },
      policy,
    ).watch(service);
    expect(pauses).toEqual([1, 2, 4]);
    expect(gaveUp).toEqual(['ended with 1']);
  });
});

describe('ports', () => {
  it('that a person named and another program has are refused with the setting to change', async () => {
    const port = await freePort();
    const { createServer } = await import('node:net');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    expect(await isFree(port, '127.0.0.1')).toBe(false);
    await expect(wantedPort('GATEWAY_PORT', port, '127.0.0.1')).rejects.toThrow(
      new RegExp(`Port ${port} is taken.*GATEWAY_PORT=\\d+`, 'u'),
    );
    expect(await ownPort('BROKER_PORT', undefined, port)).not.toBe(port);
    await new Promise((resolve) => other.close(resolve));
    expect(await ownPort('BROKER_PORT', undefined, port)).toBe(port);
  });
});

describe('what processes write', () => {
  it('is passed on where it is fatal, however the lines are cut', () => {
    const told: string[] = [];
    const hear = fatalLines((name, text) => told.push(`${name}: ${text}`));
    hear('enrich', Buffer.from('{"level":30,"msg":"fine"}\n{"level":60,"ms'));
    hear('ingest', Buffer.from('not JSON\n'));
    hear('enrich', Buffer.from('g":"no memory"}\n'));
    expect(told).toEqual(['enrich: no memory']);
  });

  it('is summed up by its last error, else by its last line', () => {
    expect(lastMessage('SyntaxError: no such export\n    at x (y:1)\n\nNode.js v20')).toBe(
      'SyntaxError: no such export',
    );
    expect(lastMessage('{"level":50,"msg":"port taken"}\n{"level":30,"msg":"bye"}\n')).toBe('port taken');
    expect(lastMessage('first\nlast\n')).toBe('last');
  });
});
