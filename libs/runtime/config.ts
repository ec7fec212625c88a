import { z } from 'zod';

/** The process environment. The only place where it is read; everything else gets a typed, frozen config. */
export const env: Readonly<Record<string, string | undefined>> = process.env;

/** Names every setting at fault, never its value (it may be a secret). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/**
 * Reads the settings of one app from an environment. An empty string counts as unset.
 * @throws ConfigError with every fault at once.
 */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  from: Readonly<Record<string, string | undefined>> = env,
): Readonly<z.infer<S>> {
  const present = Object.fromEntries(
    Object.entries(from).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** A TCP port; 0 lets the system choose one. */
export const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

/** Settings that every service has. `HOST` and `PORT` are where its health and metrics are served. */
export const serviceSettings = {
  KAFKA_BROKERS: z
    .string()
    .default('127.0.0.1:9092')
    .transform((list) => list.split(',').map((broker) => broker.trim())),
  KAFKA_REPLICATION: z.coerce.number().int().min(1).default(1),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
};

export const databaseSettings = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address'),
};
