import { type Sql } from '#libs/db';

import { type Comparison } from './compare.js';

export type RebuildState = 'queued' | 'replaying' | 'comparing' | 'switching' | 'completed' | 'failed';

export interface RebuildRow {
  readonly id: string;
  readonly kind: 'rebuild' | 'verification';
  readonly from: 'raw' | 'enriched';
  readonly state: RebuildState;
}

/** What was asked for, and how far it is. */
export class RebuildStore {
  constructor(
    private readonly sql: Sql,
    private readonly now: () => Date,
  ) {}

  /** The oldest one that is not over. */
  async next(): Promise<RebuildRow | null> {
    const [row] = await this.sql<RebuildRow>(
      `select id, kind, from_log as "from", state from aggregate.rebuilds
       where state not in ('completed', 'failed') order by requested_at, id limit 1`,
    );
    return row ?? null;
  }

  async setState(id: string, state: RebuildState): Promise<void> {
    await this.sql('update aggregate.rebuilds set state = $2, changed_at = $3 where id = $1', [
      id,
      state,
      this.now(),
    ]);
  }

  async setProgress(id: string, done: number, total: number): Promise<void> {
    await this.sql('update aggregate.rebuilds set done = $2, total = $3, changed_at = $4 where id = $1', [
      id,
      done,
      total,
      this.now(),
    ]);
  }

  async setCompared(id: string, { differences, ...compared }: Comparison): Promise<void> {
    await this.sql(
      'update aggregate.rebuilds set compared = $2, differences = $3, changed_at = $4 where id = $1',
      [id, JSON.stringify(compared), JSON.stringify(differences), this.now()],
    );
  }

  async fail(id: string, error: string): Promise<void> {
    await this.sql(
      `update aggregate.rebuilds set state = 'failed', error = $2, changed_at = $3 where id = $1`,
      [id, error, this.now()],
    );
  }
}
