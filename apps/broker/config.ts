import { z } from 'zod';

const schema = z.object({
  /** Address to listen on. */
  BROKER_HOST: z.string().default('127.0.0.1'),
  /** 0: any free one. */
  BROKER_PORT: z.coerce.number().int().min(0).max(65_535).default(9092),
  /** Folder of everything that is kept. */
  BROKER_DATA: z.string('names the folder of the data and has no default'),
  /** What clients are told to connect to, where it is not the address listened on. */
  BROKER_ADVERTISED_HOST: z.string().optional(),
  /** Whether asking for a topic makes it. */
  BROKER_AUTO_CREATE_TOPICS: z.stringbool().default(false),
});

export interface BrokerConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly advertisedHost: string | undefined;
  readonly autoCreateTopics: boolean;
}

/**
 * Reads the settings; an empty one counts as unset.
 * @throws Error that names every setting at fault.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): BrokerConfig {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not usable:\n${faults.join('\n')}`);
  }
  return Object.freeze({
    host: parsed.data.BROKER_HOST,
    port: parsed.data.BROKER_PORT,
    dataDir: parsed.data.BROKER_DATA,
    advertisedHost: parsed.data.BROKER_ADVERTISED_HOST,
    autoCreateTopics: parsed.data.BROKER_AUTO_CREATE_TOPICS,
  });
}
