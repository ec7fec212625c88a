import { describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { startPostgres } from './postgres.js';

describe('a Postgres for a test', () => {
  it('answers, speaks UTF-8 whatever the environment says, and is gone when stopped', async () => {
    const server = await startPostgres();
    const client = new pg.Client(server.url);
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<{ encoding: string }>(
      `select current_setting('server_encoding') as encoding`,
    );
    expect(rows[0]?.encoding).toBe('UTF8');
    await client.end();
    await server.stop();
    await expect(new pg.Client(server.url).connect()).rejects.toThrow('ECONNREFUSED');
  });
});
