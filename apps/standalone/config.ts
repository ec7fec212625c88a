import { z } from 'zod';

import { loadConfig, port } from '#libs/runtime';

const ownPort = z.coerce.number().int().min(1).max(65_535);

const schema = z.object({
  MURMUR_DATA: z.string().optional(),
  MURMUR_DEMO: z.enum(['on', 'off']).default('on'),
  /** 0: any free one. */
  GATEWAY_PORT: port(8080),
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

export const standaloneConfig = (from?: Readonly<Record<string, string | undefined>>): StandaloneConfig =>
  loadConfig(schema, from);
