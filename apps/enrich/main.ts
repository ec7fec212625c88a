import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';

import { announceReady, crash, createLogger, startTracing, stopOnSignal } from '#libs/runtime';

import { enrichConfig } from './config.js';
import { startEnrich } from './enrich.js';

const config = enrichConfig();
const logger = createLogger('enrich', config.LOG_LEVEL);
const endTracing = await startTracing('enrich', config.OTEL_EXPORTER_OTLP_ENDPOINT);
const enrich = await startEnrich(config, logger, {
  run: randomBytes(6).toString('base64url'),
  newLogId: randomUUID,
  onFatal: (error) => crash(logger, error),
});
stopOnSignal(logger, async () => {
  await enrich.stop();
  await endTracing();
});
announceReady(enrich.port);
