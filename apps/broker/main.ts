import { type Broker, startBroker } from './broker.js';
import { readConfig } from './config.js';

// Without libs/runtime: its index loads Nest and OpenTelemetry, which would cost five times the broker's own start.
let broker: Broker | undefined;

function end(error: unknown): never {
  console.error(error instanceof Error && error.message !== '' ? error.message : error);
  process.exit(1);
}

async function stop(): Promise<void> {
  await broker?.stop();
  process.exit(0);
}

process.once('SIGTERM', () => void stop().catch(end));
process.once('SIGINT', () => void stop().catch(end));
process.once('disconnect', () => void stop().catch(end));
process.on('uncaughtException', end);
process.on('unhandledRejection', end);

try {
  const config = readConfig(process.env);
  broker = await startBroker({ ...config, onFailure: end });
  console.log(`Broker ready on ${config.host}:${broker.port}, data in ${config.dataDir}`);
  process.send?.({ ready: true, port: broker.port });
} catch (error) {
  end(error);
}
