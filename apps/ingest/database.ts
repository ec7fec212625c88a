import { type DatabaseOptions } from '#libs/db';

import { CreateIngest1763700000000 } from './jobs/migrations.js';

/** What ingest owns in Postgres. */
export const ingestDatabase = (url: string): DatabaseOptions & { readonly schema: string } => ({
  url,
  application: 'murmuration-ingest',
  schema: 'ingest',
  migrations: [CreateIngest1763700000000],
  connections: 6,
  // A transaction that was paused together with its process must not hold rows for ever.
  settings: { statement_timeout: '20s', idle_in_transaction_session_timeout: '10s' },
});
