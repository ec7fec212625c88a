import { type ChildProcess, spawn } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Collection, Job, Rebuild } from '#libs/api';

/** The whole system as `npm start` brings it up, on a folder of its own and free ports, without the demo. */
export class System {
  private constructor(
    private readonly launcher: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    /** From the start of the process until it served, ms. */
    readonly readyAfter: number,
  ) {}

  static async start(): Promise<System> {
    const folder = await mkdtemp(join(tmpdir(), 'murmuration-bench-'));
    // As root, Postgres runs as another user, who has to be able to enter.
    await chmod(folder, 0o711);
    const began = performance.now();
    const launcher = spawn(process.execPath, ['dist/apps/standalone/main.js'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, MURMUR_DATA: join(folder, 'data'), GATEWAY_PORT: '0', MURMUR_DEMO: 'off' },
    });
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      launcher.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
        if (found) resolve(found[0]);
      });
      launcher.once('exit', (code) => reject(new Error(`the system ended with ${code}: ${printed}`)));
    });
    return new System(launcher, folder, url, performance.now() - began);
  }

  get pid(): number {
    return this.launcher.pid ?? 0;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.launcher.once('exit', resolve));
    this.launcher.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Hands over a file and waits until everything in it is counted. @returns ms, and the collection. */
  async import(file: string): Promise<{ ms: number; collection: Collection }> {
    const form = new FormData();
    form.set('file', await openAsBlob(file), basename(file));
    const began = performance.now();
    const job = await this.#json<Job>('/jobs', { method: 'POST', body: form });
    for (;;) {
      const collection = await this.#json<Collection>(`/collections/${job.collection}`);
      if (collection.settled) return { ms: performance.now() - began, collection };
      await delay(200);
    }
  }

  async rebuild(from: 'raw' | 'enriched'): Promise<{ ms: number; rebuild: Rebuild }> {
    const began = performance.now();
    const { id } = await this.#json<Rebuild>('/rebuilds', {
      method: 'POST',
      body: JSON.stringify({ from }),
      headers: { 'content-type': 'application/json' },
    });
    for (;;) {
      const rebuild = await this.#json<Rebuild>(`/rebuilds/${id}`);
      if (rebuild.state === 'failed') throw new Error(rebuild.error ?? 'the rebuild failed');
      if (rebuild.state === 'completed') return { ms: performance.now() - began, rebuild };
      await delay(50);
    }
  }

  async #json<T>(path: string, init?: RequestInit): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
