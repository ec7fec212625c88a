import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { migrate } from '#libs/db';
import { announceReady, crash, createLogger, startTracing, stopOnSignal } from '#libs/runtime';

import { ingestConfig } from './config.js';
import { ingestDatabase } from './database.js';
import { startIngest } from './ingest.js';

const config = ingestConfig();
const logger = createLogger('ingest', config.LOG_LEVEL);

if (process.argv.includes('migrate')) {
  await migrate(ingestDatabase(config.DATABASE_URL));
} else {
  const endTracing = await startTracing('ingest', config.OTEL_EXPORTER_OTLP_ENDPOINT);
  const ingest = await startIngest(config, logger, {
    holder: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
    now: () => new Date(),
    newLogId: randomUUID,
    onFatal: (error) => crash(logger, error),
  });
  stopOnSignal(logger, async () => {
    await ingest.stop();
    await endTracing();
  });
  announceReady(ingest.port);
}
