import { type ChildProcess } from 'node:child_process';

import { LogFile } from './log-file.js';

/** What a started process is to its starter. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with its port when it serves. Rejects when it ends before. */
  readonly ready: Promise<number | null>;
}

/** Something that can be started, any number of times: an app, the broker, Postgres. */
export interface ServiceDefinition {
  readonly name: string;
  readonly logFile: string;
  /** Starts the process once. Every line it writes goes to `said`. */
  readonly launch: (said: (chunk: Buffer) => void) => Promise<Running> | Running;
  /** The signal that ends it cleanly, and how long (ms) it may take. */
  readonly stopSignal: NodeJS.Signals;
  readonly patience: number;
}

/** How a process ended: exit code, or the signal that ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Lines kept for the sentence that says why it failed. */
const REMEMBERED = 4_000;

/** One process, its log, and its ending. Knows nothing of restarts. */
export class Service {
  readonly name: string;
  readonly #log: LogFile;
  #running: Running | null = null;
  #ended: Promise<Ended> = Promise.resolve({ code: 0, signal: null });
  #port: number | null = null;
  #tail = '';

  constructor(
    readonly definition: ServiceDefinition,
    private readonly heard: (name: string, chunk: Buffer) => void = () => {},
  ) {
    this.name = definition.name;
    this.#log = new LogFile(definition.logFile);
  }

  get pid(): number | null {
    return this.#running?.child.pid ?? null;
  }

  /** Where it serves, once it is ready; null where it serves nothing. */
  get port(): number | null {
    return this.#port;
  }

  get alive(): boolean {
    const child = this.#running?.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when the present process has ended. */
  get ended(): Promise<Ended> {
    return this.#ended;
  }

  /** The end of what it wrote. */
  get lastWords(): string {
    return this.#tail.trim();
  }

  get logPath(): string {
    return this.#log.path;
  }

  /** @returns its port when it is ready. @throws when it ended before. */
  async start(): Promise<number | null> {
    if (this.alive) throw new Error(`${this.name} runs already`);
    this.#tail = '';
    const running = await this.definition.launch((chunk) => this.#hear(chunk));
    this.#running = running;
    const { child } = running;
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    this.#port = await running.ready;
    return this.#port;
  }

  signal(name: NodeJS.Signals): void {
    if (this.alive) this.#running?.child.kill(name);
  }

  /** Asks it to end, and ends it after its patience. */
  async stop(): Promise<Ended> {
    if (!this.alive) return this.#ended;
    const { stopSignal, patience } = this.definition;
    this.signal(stopSignal);
    const timer = setTimeout(() => this.signal('SIGKILL'), patience);
    const ended = await this.#ended;
    clearTimeout(timer);
    return ended;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    if (!this.alive) return;
    this.signal('SIGKILL');
    await this.#ended;
  }

  #hear(chunk: Buffer): void {
    this.#log.write(chunk);
    this.#tail = (this.#tail + chunk.toString()).slice(-REMEMBERED);
    this.heard(this.name, chunk);
  }
}
