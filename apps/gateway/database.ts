import { type DatabaseOptions } from '#libs/db';

import { GATEWAY_SCHEMA, migrations } from './migrations.js';

/** What the gateway owns in Postgres, and how it reads what aggregate owns. */
export const gatewayDatabase = (url: string): DatabaseOptions & { readonly schema: string } => ({
  url,
  application: 'murmuration-gateway',
  schema: GATEWAY_SCHEMA,
  migrations,
  connections: 16,
  settings: {
    statement_timeout: '20s',
    // A download whose reader stands still must not hold its snapshot for ever.
    idle_in_transaction_session_timeout: '5min',
    jit: 'off',
  },
});
