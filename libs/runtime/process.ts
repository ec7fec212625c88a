import { type Logger } from './logger.js';

/**
 * Tells a parent that started this process with an IPC channel that it serves. No-op without a channel.
 * @param port where it serves HTTP (or Kafka's protocol), null where it serves none.
 */
export function announceReady(port: number | null): void {
  process.send?.({ ready: true, port });
}

/**
 * Runs `stop` once on SIGTERM, SIGINT or when the parent goes away, then exits: 0 after a clean stop, 1 when stopping
 * failed or took longer than `patience` (ms). An error that nobody handles ends the process with 1 after it is logged:
 * the offsets have not moved, whoever restarts it goes on from there.
 */
export function stopOnSignal(logger: Logger, stop: () => Promise<void>, patience = 10_000): void {
  let stopping = false;
  const end = (cause: string) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), patience).unref();
    logger.debug({ cause }, 'stopping');
    stop().then(
      () => process.exit(0),
      (err: unknown) => {
        logger.error({ err }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => end('SIGTERM'));
  process.once('SIGINT', () => end('SIGINT'));
  process.once('disconnect', () => end('parent gone'));
  process.on('uncaughtException', (err) => crash(logger, err));
  process.on('unhandledRejection', (err) => crash(logger, err));
}

/** Ends the process because of a fault that it cannot mend. */
export function crash(logger: Logger, err: unknown): never {
  logger.fatal({ err }, err instanceof Error ? err.message : String(err));
  logger.flush();
  process.exit(1);
}
