import 'reflect-metadata';
import { randomUUID } from 'node:crypto';

import { migrate } from '#libs/db';
import { announceReady, crash, createLogger, startTracing, stopOnSignal } from '#libs/runtime';

import { startAggregate } from './aggregate.js';
import { aggregateConfig, databaseOptions } from './config.js';

const config = aggregateConfig();
const logger = createLogger('aggregate', config.LOG_LEVEL);

if (process.argv.includes('migrate')) {
  await migrate(databaseOptions(config));
} else {
  const endTracing = await startTracing('aggregate', config.OTEL_EXPORTER_OTLP_ENDPOINT);
  const aggregate = await startAggregate(config, logger, {
    now: () => new Date(),
    newLogId: randomUUID,
    onFatal: (error) => crash(logger, error),
  });
  stopOnSignal(logger, async () => {
    await aggregate.stop();
    await endTracing();
  });
  announceReady(aggregate.port);
}
