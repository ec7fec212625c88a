import { mkdirSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { Collection, Job } from '#libs/api';

import { serverUser } from '../../apps/standalone/folder/data-folder.js';
import {
  type AppName,
  appOf,
  brokerOf,
  brokersOf,
  databaseOf,
  folders,
  migrate,
  migratingApps,
  type Plan,
  postgresOf,
  stopOrder,
} from '../../apps/standalone/plan.js';
import { freePort } from '../../apps/standalone/ports.js';
import { postgresBinaries } from '../../apps/standalone/postgres/binaries.js';
import { Service } from '../../apps/standalone/process/service.js';

export interface StackOptions {
  /** Folder of the built apps. */
  readonly dist?: string;
  /** A data folder to go on with; without it a new one is made, and deleted by `stop`. */
  readonly folder?: string;
  /** How many of each app; 1 where nothing is said. The first has the app's name, the others `enrich.2` … */
  readonly copies?: Partial<Record<AppName, number>>;
  /** Settings handed to all apps. */
  readonly env?: Readonly<Record<string, string>>;
  /** Apache Kafka instead of the embedded broker. */
  readonly brokers?: string;
}

const SETTLE_PATIENCE = 120_000;
const POLL = 50;

/**
 * The whole system on a temporary folder and free ports, process by process, without a supervisor: what is killed stays dead
 * until it is started again. Runs the built apps; names are `broker`, `postgres`, `ingest`, `enrich`, `enrich.2` …
 */
export class Stack {
  readonly #services = new Map<string, Service>();

  private constructor(
    readonly plan: Plan,
    private readonly temporary: boolean,
  ) {}

  /** @throws with the logs' ends when something does not start. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    const user = serverUser();
    const folder = options.folder ?? (await mkdtemp('/tmp/murmuration-stack-'));
    if (user) await chmod(folder, 0o711);
    for (const part of ['log', 'blobs', 'logs'] as const)
      mkdirSync(folders(folder)[part], { recursive: true });
    const [gateway, brokerPort, postgresPort] = await Promise.all([freePort(), freePort(), freePort()]);
    const stack = new Stack(
      {
        folder,
        user,
        brokerPort,
        postgresPort,
        dist: options.dist ?? join(process.cwd(), 'dist'),
        binaries: postgresBinaries(folder, user),
        gateway: { host: '127.0.0.1', port: gateway },
        postgresPassword: 'stack',
        migrated: false,
        brokers: options.brokers,
        env: { PATH: process.env.PATH, LOG_LEVEL: 'info', ...options.env },
      },
      options.folder === undefined,
    );
    try {
      await stack.#startAll(options.copies ?? {});
      return stack;
    } catch (error) {
      await stack.killAll();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.plan.gateway.port}`;
  }

  get databaseUrl(): string {
    return databaseOf(this.plan);
  }

  get brokers(): string {
    return brokersOf(this.plan);
  }

  get names(): string[] {
    return [...this.#services.keys()];
  }

  service(name: string): Service {
    const service = this.#services.get(name);
    if (!service) throw new Error(`no service ${name}, only ${this.names.join(', ')}`);
    return service;
  }

  /** SIGKILL; resolves when the process is gone. Postgres' children go with it or are awaited by its next start. */
  kill(name: string): Promise<void> {
    return this.service(name).kill();
  }

  /** SIGSTOP, SIGCONT, SIGTERM … */
  signal(name: string, signal: NodeJS.Signals): void {
    this.service(name).signal(signal);
  }

  /** Starts what is not running. Resolves when it is ready; tries again for as long as what it needs is away. */
  async start(name: string): Promise<void> {
    const service = this.service(name);
    for (let attempt = 1; ; attempt += 1) {
      if (service.alive) return;
      try {
        await service.start();
        return;
      } catch (error) {
        if (attempt === 5) throw new Error(`${name} does not start: ${service.lastWords}`, { cause: error });
      }
    }
  }

  /** Starts again everything that has ended, as the launcher's supervisor would. */
  async revive(): Promise<void> {
    for (const name of this.names) if (!this.service(name).alive) await this.start(name);
  }

  async crashAndRestart(name: string): Promise<void> {
    await this.kill(name);
    await this.start(name);
  }

  /** One more copy of an app, under the next free name. */
  async add(app: AppName): Promise<string> {
    const taken = this.names.filter((name) => name === app || name.startsWith(`${app}.`)).length;
    const name = taken === 0 ? app : `${app}.${taken + 1}`;
    // One address for one gateway: a further one serves at any free port (`service(name).port`).
    const plan = name === 'gateway' ? this.plan : { ...this.plan, gateway: { host: '127.0.0.1', port: 0 } };
    this.#services.set(name, new Service(appOf(plan, app, name)));
    await this.start(name);
    return name;
  }

  /** JSON of the REST API. @throws with the answer when it is none of 2xx. */
  async api<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${path}: ${response.status} ${text}`);
    const body: T = JSON.parse(text);
    return body;
  }

  /** Hands over files in one job. @param collection one to feed; without it a new one is made. */
  import(files: Readonly<Record<string, string | Uint8Array>>, collection?: string): Promise<Job> {
    const form = new FormData();
    if (collection !== undefined) form.set('collection', collection);
    for (const [name, content] of Object.entries(files)) {
      form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
    }
    return this.api<Job>('/jobs', { method: 'POST', body: form });
  }

  /** Resolves when everything the collection's jobs handed over is counted. Survives a gateway that is away. */
  async settled(collection: string, patience = SETTLE_PATIENCE): Promise<Collection> {
    const until = Date.now() + patience;
    let last = 'nothing was answered';
    while (Date.now() < until) {
      try {
        const seen = await this.api<Collection>(`/collections/${collection}`);
        if (seen.settled) return seen;
        last = JSON.stringify(seen);
      } catch (error) {
        last = String(error);
      }
      await wait(POLL);
    }
    throw new Error(
      `collection ${collection} is not settled after ${patience} ms: ${last}\n${this.troubles()}`,
    );
  }

  /** Who is not running, and the ends of all logs: what one wants to read when a test fails. */
  troubles(): string {
    return [...this.#services.values()]
      .map(
        (service) =>
          `--- ${service.name} (${service.alive ? 'runs' : 'ended'})\n${service.lastWords.slice(-1_500)}`,
      )
      .join('\n');
  }

  log(name: string): Promise<string> {
    return readFile(this.service(name).logPath, 'utf8');
  }

  /** Ends everything cleanly, in the launcher's order, and deletes the folder if it was a temporary one. */
  async stop(): Promise<void> {
    for (const app of [...stopOrder, 'broker', 'postgres']) {
      const copies = this.names.filter((name) => name === app || name.startsWith(`${app}.`));
      for (const name of copies) this.signal(name, 'SIGCONT');
      await Promise.all(copies.map((name) => this.service(name).stop()));
    }
    await this.#clear();
  }

  /** SIGKILL for all of it. */
  async killAll(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.kill()));
    await this.#clear();
  }

  async #clear(): Promise<void> {
    if (this.temporary) await rm(this.plan.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #startAll(copies: Partial<Record<AppName, number>>): Promise<void> {
    const { plan } = this;
    this.#services.set('postgres', new Service(postgresOf(plan)));
    if (plan.brokers === undefined) this.#services.set('broker', new Service(brokerOf(plan)));
    await Promise.all(this.names.map((name) => this.start(name)));
    await Promise.all(migratingApps.map((app) => migrate(plan, app, () => {})));
    await Promise.all(
      stopOrder
        .flatMap((app) => Array.from({ length: copies[app] ?? 1 }, () => app))
        .map((app) => this.add(app)),
    );
  }
}
