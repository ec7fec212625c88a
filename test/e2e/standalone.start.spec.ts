import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';

import type { Collection, Page } from '#libs/api';
import { samplePosts } from '#libs/sample';

import { runCommand } from '../../apps/cli/program.js';
import { freePort } from '../../apps/standalone/ports.js';
import { isAlive, Launched, until } from '../support/launched.js';

jest.setTimeout(180_000);

let place: string;
const running = new Set<Launched>();

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'murmur-start-'));
  chmodSync(place, 0o755);
});
afterEach(async () => {
  await Promise.all([...running].map((launched) => launched.stop('SIGTERM')));
  running.clear();
});
afterAll(() => rmSync(place, { recursive: true, force: true, maxRetries: 5 }));

async function start(env: Record<string, string>): Promise<Launched> {
  const launched = await Launched.start({ MURMUR_DEMO: 'off', GATEWAY_PORT: '0', ...env });
  running.add(launched);
  return launched;
}

async function stop(
  launched: Launched,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<number | NodeJS.Signals | null> {
  running.delete(launched);
  return launched.stop(signal);
}

async function collections(url: string): Promise<Collection[]> {
  const response = await fetch(`${url}/api/v1/collections`);
  const page = (await response.json()) as Page<Collection>;
  return page.items;
}

/** A command line as a person on this machine types it, without an address. */
async function murmur(data: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal = { out, err, interactive: false };
  const code = await runCommand(args, { terminal, env: { MURMUR_DATA: data } });
  out.end();
  err.end();
  return { code, out: (await buffer(out)).toString(), err: (await buffer(err)).toString() };
}

function sampleFile(name: string, posts: number): string {
  const file = join(place, name);
  const lines = [
    ...samplePosts({ seed: 5, posts, start: new Date('2026-11-17T00:00:00Z'), duplicates: 0.1 }),
  ];
  writeFileSync(file, Buffer.concat(lines.map((line) => Buffer.from(line))));
  return file;
}

describe('the one command', () => {
  it('takes an import by the command line, keeps it over a stop and a start, and ends cleanly', async () => {
    const data = join(place, 'kept');
    const first = await start({ MURMUR_DATA: data });
    expect(first.output).toContain(`Data          ${data}`);
    expect(first.output).toContain('npx murmur import');
    const imported = await murmur(data, 'import', sampleFile('kept.jsonl', 500));
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toContain('500 posts');
    const before = await collections(first.url);
    const children = [...first.children().values()];
    expect(await stop(first)).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);

    const second = await start({ MURMUR_DATA: data });
    expect(await collections(second.url)).toEqual(before);
    expect(second.output).not.toContain('Demo');
    const verified = await murmur(data, 'verify');
    expect(verified).toMatchObject({ code: 0, err: '' });
  });

  it('loses nothing by kill -9 of itself: its children end, and the next start takes over', async () => {
    const data = join(place, 'killed');
    const first = await start({ MURMUR_DATA: data });
    await murmur(data, 'import', sampleFile('killed.jsonl', 300));
    const before = await collections(first.url);
    const children = first.children();
    expect([...children.keys()].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'aggregate',
      'broker',
      'enrich',
      'gateway',
      'ingest',
      'postgres',
    ]);
    await stop(first, 'SIGKILL');
    const apps = [...children].filter(([name]) => name !== 'postgres').map(([, pid]) => pid);
    await until('the apps end with their launcher', () => !apps.some(isAlive));
    const second = await start({ MURMUR_DATA: data });
    expect(await collections(second.url)).toEqual(before);
  });

  it('starts again what crashes, and says so', async () => {
    const data = join(place, 'crashing');
    const launched = await start({ MURMUR_DATA: data });
    const { url } = launched;
    for (const name of ['broker', 'aggregate', 'postgres', 'gateway']) {
      const pid = launched.children().get(name) ?? 0;
      process.kill(pid, 'SIGKILL');
      await launched.printed(new RegExp(`${name} ended by SIGKILL; it is started again`, 'u'));
      await launched.printed(new RegExp(`${name} is back`, 'u'));
    }
    await until('the API answers', () =>
      collections(url).then(
        (items) => items.length === 0,
        () => false,
      ),
    );
    expect((await murmur(data, 'import', sampleFile('crashing.jsonl', 200))).out).toContain('200 posts');
  });

  it('plays the demo in once: at the very first start', async () => {
    const data = join(place, 'demo');
    const first = await start({ MURMUR_DATA: data, MURMUR_DEMO: 'on' });
    expect(first.output).toMatch(/Demo\s+a simulated storm/u);
    await until(
      'posts are counted',
      async () => ((await collections(first.url))[0]?.totals.posts ?? 0) > 100,
    );
    expect((await collections(first.url))[0]?.origin).toBe('simulated');
    await stop(first);
    const second = await start({ MURMUR_DATA: data, MURMUR_DEMO: 'on' });
    expect(await collections(second.url)).toHaveLength(1);
    expect(second.output).not.toMatch(/Demo\s/u);
  });

  it('runs side by side on two folders, and once only on each', async () => {
    const [one, two] = [join(place, 'one'), join(place, 'two')];
    const [first, second] = await Promise.all([start({ MURMUR_DATA: one }), start({ MURMUR_DATA: two })]);
    expect(first.url).not.toBe(second.url);
    await murmur(two, 'import', sampleFile('two.jsonl', 50));
    expect(await collections(first.url)).toEqual([]);
    expect(await collections(second.url)).toHaveLength(1);
    const third = Launched.begin({ MURMUR_DATA: one, GATEWAY_PORT: '0' });
    expect(await third.ended).toBe(1);
    expect(third.output).toContain(`already runs on the data folder ${one}`);
    expect(third.output).toContain(first.url);
  });
});

describe('the one command refuses, with a sentence,', () => {
  it('a port that another program has', async () => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const launched = Launched.begin({ MURMUR_DATA: join(place, 'port'), GATEWAY_PORT: String(port) });
    expect(await launched.ended).toBe(1);
    expect(launched.output).toContain(`Port ${port} is taken by another program`);
    expect(launched.output).toContain('GATEWAY_PORT=');
    await new Promise((resolve) => other.close(resolve));
  });

  it('settings that it cannot read, all at once', async () => {
    const launched = Launched.begin({
      MURMUR_DATA: join(place, 'x'),
      GATEWAY_PORT: 'web',
      MURMUR_DEMO: 'maybe',
    });
    expect(await launched.ended).toBe(1);
    expect(launched.output).toContain('GATEWAY_PORT:');
    expect(launched.output).toContain('MURMUR_DEMO:');
  });
});
