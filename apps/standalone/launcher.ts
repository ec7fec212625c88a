import { mkdirSync } from 'node:fs';

import { lastMessage } from './log-lines.js';
import {
  appOf,
  brokerOf,
  folders,
  logFileOf,
  migrate,
  migratingApps,
  type Plan,
  postgresOf,
  stopOrder,
} from './plan.js';
import { LogFile } from './process/log-file.js';
import { Service } from './process/service.js';
import { Supervisor, type SupervisorEvents } from './process/supervisor.js';
import { StartError } from './start-error.js';

export interface LauncherEvents extends SupervisorEvents {
  /** A process wrote to its log. */
  readonly heard: (name: string, chunk: Buffer) => void;
  /** The database has every table that this build needs. */
  readonly migrated: () => void;
}

/** Starts everything in the order of need, keeps it running, stops it in the order of use. */
export class Launcher {
  readonly #services = new Map<string, Service>();
  readonly #supervisor: Supervisor;
  #stopping = false;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plan: Plan,
    private readonly events: LauncherEvents,
  ) {
    this.#supervisor = new Supervisor(events);
  }

  /** Resolves when everything is ready. @throws StartError when something cannot be started. */
  start(): Promise<void> {
    const started = this.#startAll();
    this.#starting = started.catch(() => {});
    return started;
  }

  /** Ends everything cleanly. What is being started is awaited first: half a start cannot be stopped. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#supervisor.stop();
    for (const name of stopOrder) this.#services.get(name)?.signal('SIGTERM');
    await this.#starting;
    for (const name of [...stopOrder, 'broker', 'postgres']) await this.#services.get(name)?.stop();
  }

  /** Ends everything at once, as a power cut would. Nothing that was acknowledged is lost by it. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#supervisor.stop();
    await Promise.all([...this.#services.values()].map((service) => service.kill()));
  }

  async #startAll(): Promise<void> {
    const { plan } = this;
    const { log, blobs, logs } = folders(plan.folder);
    for (const folder of [log, blobs, logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    await Promise.all([
      plan.databaseUrl === undefined ? this.#run(new Service(postgresOf(plan), this.events.heard)) : null,
      plan.brokers === undefined ? this.#run(new Service(brokerOf(plan), this.events.heard)) : null,
    ]);
    if (this.#stopping) return;
    if (!plan.migrated) {
      await this.#migrate();
      this.events.migrated();
    }
    if (this.#stopping) return;
    await Promise.all(stopOrder.map((app) => this.#run(new Service(appOf(plan, app), this.events.heard))));
  }

  async #run(service: Service): Promise<void> {
    this.#services.set(service.name, service);
    try {
      await service.start();
    } catch (error) {
      if (this.#stopping || error instanceof StartError) throw error;
      throw new StartError(failure(service.name, service.lastWords, service.logPath));
    }
    if (this.#stopping) return;
    void this.#supervisor.watch(service);
  }

  async #migrate(): Promise<void> {
    await Promise.all(
      migratingApps.map(async (app) => {
        const log = new LogFile(logFileOf(this.plan, app));
        let words = '';
        try {
          await migrate(this.plan, app, (chunk) => {
            log.write(chunk);
            words += chunk.toString();
          });
        } catch {
          throw new StartError(failure(`${app} (migrations)`, words, log.path));
        } finally {
          log.close();
        }
      }),
    );
  }
}

function failure(name: string, words: string, log: string): string {
  const said = lastMessage(words);
  return `${name} does not start${said ? `: ${said}` : '.'}\nIts log: ${log}`;
}
