import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { DirectoryBlobStore } from '#libs/blobs';
import { migrate } from '#libs/db';
import {
  isLogStarted,
  type JobEvent,
  type JobSpec,
  parseJobEvent,
  readRawMeta,
  type RawMeta,
  topics,
} from '#libs/events';
import { createKafka, LogReader, Producer } from '#libs/kafka';
import { createLogger } from '#libs/runtime';

import { type Broker, startBroker } from '../../apps/broker/broker.js';
import { ingestConfig } from '../../apps/ingest/config.js';
import { ingestDatabase } from '../../apps/ingest/database.js';
import { type Ingest, startIngest } from '../../apps/ingest/ingest.js';
import { EventWriter } from '../../apps/ingest/jobs/event-writer.js';
import { startPostgres, type TestPostgres } from './postgres.js';

export interface StoredRecord {
  readonly meta: RawMeta;
  readonly partition: number;
  readonly offset: number;
  readonly text: string;
}

interface Parts {
  readonly broker: Broker;
  readonly postgres: TestPostgres;
  readonly folder: string;
  readonly log: LogReader;
  readonly producer: Producer;
}

/** ingest with a real broker and a real Postgres, and a hand to write what the gateway would. */
export class IngestBench {
  readonly events: EventWriter;
  readonly #running: Ingest[] = [];

  private constructor(private readonly parts: Parts) {
    this.events = new EventWriter(parts.producer, () => new Date());
  }

  get postgres(): TestPostgres {
    return this.parts.postgres;
  }

  get log(): LogReader {
    return this.parts.log;
  }

  static async open(): Promise<IngestBench> {
    const folder = await mkdtemp(join(tmpdir(), 'murmuration-ingest-'));
    const postgres = await startPostgres();
    const broker = await startBroker({ dataDir: join(folder, 'log') });
    await migrate(ingestDatabase(postgres.url));
    const kafka = createKafka({ brokers: [`127.0.0.1:${broker.port}`], clientId: 'test' });
    const producer = new Producer(kafka, { onFatal: () => undefined });
    await producer.open();
    return new IngestBench({ broker, postgres, folder, log: new LogReader(kafka), producer });
  }

  /** One copy of ingest. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<Ingest> {
    const config = ingestConfig({
      KAFKA_BROKERS: `127.0.0.1:${this.parts.broker.port}`,
      DATABASE_URL: this.postgres.url,
      BLOBS_DIR: join(this.parts.folder, 'blobs'),
      ...settings,
    });
    const ingest = await startIngest(config, createLogger('ingest', 'fatal'), {
      holder: randomUUID(),
      now: () => new Date(),
      newLogId: randomUUID,
      onFatal: (error) => {
        throw error;
      },
    });
    this.#running.push(ingest);
    return ingest;
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map((ingest) => ingest.stop()));
    await this.parts.producer.close();
    await this.log.close();
    await this.parts.broker.stop();
    await this.postgres.stop();
    await rm(this.parts.folder, { recursive: true, force: true });
  }

  /** Stores files and submits a job for them, into a collection of its own unless one is named. */
  async upload(
    files: Readonly<Record<string, string>>,
    collection = randomUUID().slice(0, 8),
  ): Promise<{ job: string; collection: string }> {
    const blobs = new DirectoryBlobStore(join(this.parts.folder, 'blobs'));
    const stored = [];
    for (const [name, text] of Object.entries(files)) {
      stored.push({ ...(await blobs.put(Readable.from([Buffer.from(text)]))), name });
    }
    return this.submit({ kind: 'upload', files: stored }, collection);
  }

  async submit(spec: JobSpec, collection: string): Promise<{ job: string; collection: string }> {
    const job = randomUUID().slice(0, 12);
    await this.events.write('CollectionCreated', { collection, name: 'test', origin: null });
    await this.events.write('JobSubmitted', { job, collection, spec });
    return { job, collection };
  }

  async jobEvents(job: string): Promise<JobEvent[]> {
    const found: JobEvent[] = [];
    for await (const { messages } of this.log.readAll(topics.jobs.name)) {
      for (const { key, value } of messages) {
        if (value === null || isLogStarted(key)) continue;
        const event = parseJobEvent(value);
        if ('job' in event.data && event.data.job === job) found.push(event);
      }
    }
    return found;
  }

  /** The event that ends the job. */
  async end(job: string): Promise<JobEvent> {
    for (;;) {
      const events = await this.jobEvents(job);
      const end = events.find(
        ({ type }) => type === 'JobCompleted' || type === 'JobFailed' || type === 'JobCancelled',
      );
      if (end) return end;
      await delay(50);
    }
  }

  /** All raw records of a collection, by partition and offset. */
  async records(collection: string): Promise<StoredRecord[]> {
    const found: StoredRecord[] = [];
    for await (const { partition, messages } of this.log.readAll(topics.raw.name)) {
      for (const { key, value, headers, offset } of messages) {
        if (isLogStarted(key)) continue;
        const meta = readRawMeta(headers);
        if (meta.collection === collection)
          found.push({ meta, partition, offset, text: value?.toString() ?? '' });
      }
    }
    return found;
  }
}
