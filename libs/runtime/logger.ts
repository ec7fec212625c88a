import { type LoggerService } from '@nestjs/common';
import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on standard error: standard output belongs to what a person asked for. */
export function createLogger(app: string, level: string): Logger {
  return pino({ level, base: { app }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}

/** Nest's own log lines through the same logger; its start-up chatter is of no consequence to anybody: debug. */
export function nestLogger(logger: Logger): LoggerService {
  const line = (params: unknown[]) => ({ context: params.at(-1) });
  return {
    log: (message: unknown, ...params: unknown[]) => logger.debug(line(params), String(message)),
    error: (message: unknown, ...params: unknown[]) =>
      logger.error(message instanceof Error ? { err: message } : line(params), String(message)),
    warn: (message: unknown, ...params: unknown[]) => logger.warn(line(params), String(message)),
    debug: (message: unknown, ...params: unknown[]) => logger.debug(line(params), String(message)),
    verbose: (message: unknown, ...params: unknown[]) => logger.trace(line(params), String(message)),
    fatal: (message: unknown, ...params: unknown[]) => logger.fatal(line(params), String(message)),
  };
}
