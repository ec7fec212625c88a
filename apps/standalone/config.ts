import { z } from 'zod';

import { StartError } from './start-error.js';

const ownPort = z.coerce.number().int().min(1).max(65_535);

const schema = z.object({
  MURMUR_DATA: z.string().optional(),
  MURMUR_DEMO: z.enum(['on', 'off']).default('on'),
  /** 0: any free one. */
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  GATEWAY_HOST: z.string().default('127.0.0.1'),
  BROKER_PORT: ownPort.optional(),
  POSTGRES_PORT: ownPort.optional(),
  MURMUR_TOKEN: z.string().optional(),
  PUBLIC_URL: z.url().optional(),
  /** Servers of other people instead of the embedded ones. */
  KAFKA_BROKERS: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  XDG_DATA_HOME: z.string().optional(),
});

export type StandaloneConfig = Readonly<z.infer<typeof schema>>;

/**
 * Reads the settings; an empty one counts as unset. Not by libs/runtime: loading Nest and OpenTelemetry with it would
 * hold up everything else by a third of a second.
 * @throws StartError that names every setting at fault.
 */
export function standaloneConfig(from: Readonly<Record<string, string | undefined>>): StandaloneConfig {
  const present = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new StartError(`The configuration is not usable:\n${faults.join('\n')}`);
}
