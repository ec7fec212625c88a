import { z } from 'zod';

import { databaseSettings, loadConfig, port, serviceSettings } from '#libs/runtime';

const schema = z.object({
  ...serviceSettings,
  ...databaseSettings,
  GATEWAY_PORT: port(8080),
  GATEWAY_HOST: z.string().default('127.0.0.1'),
  /** Where uploads are put; ingest reads them there. */
  BLOBS_DIR: z.string(),
  /** What callers have to show; made at the first start where it is needed and not set. */
  MURMUR_TOKEN: z
    .string()
    .regex(/^[\w.~+/=-]{16,200}$/, 'must have 16 to 200 characters of A–Z, a–z, 0–9 and . _ ~ + / = -')
    .optional(),
  /** The address people use, where it is not the one listened on. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

export type GatewayConfig = Readonly<z.infer<typeof schema>>;

export const gatewayConfig = (from?: Readonly<Record<string, string | undefined>>): GatewayConfig =>
  loadConfig(schema, from);
