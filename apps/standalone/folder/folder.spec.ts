import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { instanceFile, processBegan, readInstance } from '#libs/installation';

import { diskUse, prepareFolder, serverUser } from './data-folder.js';
import { FolderLock } from './lock.js';
import { readSettings, writeSettings } from './settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'murmur-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (path: string) => statSync(path).mode & 0o777;
const deadPid = () => spawnSync('true').pid;
const outcome = (attempt: () => string) => {
  try {
    return attempt();
  } catch (error) {
    return String(error);
  }
};
const asRoot = process.getuid?.() === 0;

describe('the lock of a data folder', () => {
  it('is held by one copy: the second says where the first is', () => {
    const lock = FolderLock.take(folder);
    lock.announce('http://127.0.0.1:18080');
    expect(() => FolderLock.take(folder)).toThrow(
      new RegExp(
        `already runs on the data folder ${folder} \\(process ${process.pid}\\): http://127.0.0.1:18080`,
        'u',
      ),
    );
    lock.release();
    expect(existsSync(instanceFile(folder))).toBe(false);
    FolderLock.take(folder).release();
  });

  it('is taken over from a process that is gone', () => {
    writeFileSync(instanceFile(folder), JSON.stringify({ pid: deadPid(), began: null, url: 'http://old' }));
    const lock = FolderLock.take(folder);
    expect(readInstance(folder)).toMatchObject({ pid: process.pid, url: null });
    lock.release();
  });

  it('is taken over where the number belongs to another process by now', () => {
    const began = `${processBegan(process.ppid) ?? ''} another life`;
    writeFileSync(instanceFile(folder), JSON.stringify({ pid: process.ppid, began, url: null }));
    const lock = FolderLock.take(folder);
    expect(readInstance(folder)?.pid).toBe(process.pid);
    lock.release();
  });

  it('is taken over where a full disk left nothing of the record', () => {
    writeFileSync(instanceFile(folder), '');
    const lock = FolderLock.take(folder);
    expect(readInstance(folder)?.pid).toBe(process.pid);
    lock.release();
  });
});

describe('settings of a data folder', () => {
  it('are made once and kept, for the owner only', () => {
    const first = readSettings(folder);
    writeSettings(folder, { ...first, brokerPort: 4_711, demo: 'off' });
    expect(readSettings(folder)).toEqual({ ...first, brokerPort: 4_711, demo: 'off' });
    expect(mode(join(folder, 'settings.json'))).toBe(0o600);
  });

  it('that cannot be read stop the start: a new password would not open the database', () => {
    writeFileSync(join(folder, 'settings.json'), '{"version":1');
    expect(() => readSettings(folder)).toThrow(/settings\.json is not readable/u);
  });
});

describe('the data folder', () => {
  it('is made with what is missing above it', () => {
    const wanted = join(folder, 'a', 'b');
    const user = serverUser();
    if (user) chmodSync(folder, 0o711);
    expect(prepareFolder(wanted, '/default', user)).toBe(wanted);
    expect(mode(wanted)).toBe(asRoot ? 0o711 : 0o700);
  });

  it('keeps the rights it has', () => {
    const wanted = join(folder, 'mine');
    mkdirSync(wanted);
    chmodSync(folder, 0o755);
    chmodSync(wanted, 0o751);
    prepareFolder(wanted, '/default', serverUser());
    expect([mode(folder), mode(wanted)]).toEqual([0o755, 0o751]);
  });

  it('is refused where the user of Postgres cannot get to it, with the directory that blocks and a default', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    chmodSync(folder, 0o711);
    const refusal = new RegExp(
      `cannot enter ${closed}\\.[^]*Leave MURMUR_DATA out to use /var/lib/murmuration`,
      'u',
    );
    expect(outcome(() => prepareFolder(join(closed, 'data'), '/var/lib/murmuration', serverUser()))).toMatch(
      // Without root Postgres runs as ourselves, and nothing blocks.
      asRoot ? refusal : join(closed, 'data'),
    );
    expect(existsSync(join(closed, 'data'))).toBe(!asRoot);
  });

  it('is refused where it is a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => prepareFolder(join(folder, 'file', 'data'), '/default', null)).toThrow(/cannot be/u);
    expect(() => prepareFolder(join(folder, 'file'), '/default', null)).toThrow(/is no folder/u);
  });

  it('tells how much it holds', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'x'), Buffer.alloc(5_000));
    const { used, free } = await diskUse(folder);
    expect(used).toBe(5_000);
    expect(free).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'deep', 'x'))).toHaveLength(5_000);
  });
});
