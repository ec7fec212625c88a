import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { migrate } from '#libs/db';
import { announceReady, crash, createLogger, startTracing, stopOnSignal } from '#libs/runtime';

import { gatewayConfig } from './config.js';
import { gatewayDatabase } from './database.js';
import { startGateway } from './gateway.js';
import { newId } from './new-id.js';
import { version } from './version.js';

const config = gatewayConfig();
const logger = createLogger('gateway', config.LOG_LEVEL);

if (process.argv.includes('migrate')) {
  await migrate(gatewayDatabase(config.DATABASE_URL));
} else {
  const endTracing = await startTracing('gateway', config.OTEL_EXPORTER_OTLP_ENDPOINT);
  const gateway = await startGateway(config, logger, {
    version: await version(),
    page: join(dirname(dirname(fileURLToPath(import.meta.url))), 'web'),
    now: () => new Date(),
    newId,
    newLogId: randomUUID,
    onNewToken: (token) => console.log(`Token of this server (shown only now): ${token}`),
    onFatal: (error) => crash(logger, error),
  });
  stopOnSignal(logger, async () => {
    await gateway.stop();
    await endTracing();
  });
  announceReady(gateway.port);
}
