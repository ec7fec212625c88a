import { randomBytes } from 'node:crypto';

import { type Sql } from '#libs/db';

import { hashToken } from './harden.js';

const NAME = 'token_sha256';

export interface AccessToken {
  readonly hash: string;
  /** The token itself, only when it was made just now: nobody can tell it again. */
  readonly fresh: string | null;
}

/** The token that all gateways of this database ask for; made by the first one that looks. Only its hash is kept. */
export async function accessToken(
  sql: Sql,
  random: () => Buffer = () => randomBytes(24),
): Promise<AccessToken> {
  const token = random().toString('base64url');
  const made = await sql(
    'insert into gateway.settings (name, value) values ($1, $2) on conflict (name) do nothing returning name',
    [NAME, hashToken(token)],
  );
  if (made.length > 0) return { hash: hashToken(token), fresh: token };
  const [known] = await sql<{ value: string }>('select value from gateway.settings where name = $1', [NAME]);
  if (!known) throw new Error('the token is neither new nor known');
  return { hash: known.value, fresh: null };
}
