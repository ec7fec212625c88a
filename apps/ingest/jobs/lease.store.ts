import { type Sql } from '#libs/db';

export interface Lease {
  readonly task: string;
  readonly epoch: number;
  /** Attempts that ended in a fault since the last one that went well. */
  readonly failures: number;
}

/**
 * Who runs what. A lease is taken by raising its epoch; it ends when it is not renewed (`ttl` ms, by Postgres' clock, so
 * that clocks of different machines do not matter).
 */
export class LeaseStore {
  constructor(
    private readonly sql: Sql,
    private readonly holder: string,
    private readonly ttl: number,
  ) {}

  /** Takes up to `limit` open jobs that nobody runs, oldest first. */
  async takeJobs(limit: number): Promise<Lease[]> {
    return this.sql<Lease>(
      `with free as (
         select j.job, coalesce((j.state ->> 'epoch')::int, 0) as known
         from ingest.jobs j left join ingest.leases l on l.task = j.job
         where not j.ended and (l.task is null or (l.expires_at < now() and l.not_before < now()))
         order by j.state ->> 'submittedAt', j.job
         limit $3
         for update of j skip locked
       )
       insert into ingest.leases as l (task, holder, epoch, expires_at)
       select job, $1, known + 1, now() + $2 * interval '1 ms' from free
       on conflict (task) do update set
         holder = excluded.holder, epoch = greatest(l.epoch + 1, excluded.epoch), expires_at = excluded.expires_at
         where l.expires_at < now() and l.not_before < now()
       returning task, epoch, failures`,
      [this.holder, this.ttl, limit],
    );
  }

  /** Takes one named task that is no job; null while somebody else has it. */
  async take(task: string): Promise<Lease | null> {
    const rows = await this.sql<Lease>(
      `insert into ingest.leases as l (task, holder, epoch, expires_at) values ($1, $2, 1, now() + $3 * interval '1 ms')
       on conflict (task) do update set holder = excluded.holder, epoch = l.epoch + 1, expires_at = excluded.expires_at
         where l.expires_at < now() and l.not_before < now()
       returning task, epoch, failures`,
      [task, this.holder, this.ttl],
    );
    return rows[0] ?? null;
  }

  /** @returns false when the lease is no longer ours. */
  async renew({ task, epoch }: Lease): Promise<boolean> {
    const rows = await this.sql(
      `update ingest.leases set expires_at = now() + $3 * interval '1 ms'
       where task = $1 and epoch = $2 and expires_at >= now()
       returning task`,
      [task, epoch, this.ttl],
    );
    return rows.length === 1;
  }

  /** Gives the task back; with a fault, nobody takes it for `pause` ms. */
  async release({ task, epoch }: Lease, fault?: { readonly pause: number }): Promise<void> {
    await this.sql(
      `update ingest.leases set expires_at = '-infinity',
         failures = case when $3::int is null then 0 else failures + 1 end,
         not_before = case when $3::int is null then '-infinity' else now() + $3::int * interval '1 ms' end
       where task = $1 and epoch = $2`,
      [task, epoch, fault?.pause ?? null],
    );
  }
}
