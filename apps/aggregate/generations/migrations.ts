import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What is not rebuilt with a generation: which ones there are, which one is live, whose log they were made from. */
export class MakeGenerations1795219200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table aggregate.generations (
        generation int primary key,
        state text not null check (state in ('creating', 'building', 'live', 'retired', 'dropping', 'dropped')),
        enriched_topic text not null,
        from_raw boolean not null,
        rebuild text,
        -- Next raw offset per partition, and next offset per partition of the job events, that the fold must not pass.
        stop_at jsonb,
        events_stop_at jsonb,
        -- Types of the events on it that are in the log.
        announced text[] not null default '{}',
        created_at timestamptz not null default now(),
        retired_at timestamptz,
        dropped_at timestamptz
      );
      create table aggregate.pointer (
        "only" boolean primary key default true check ("only"),
        generation int not null references aggregate.generations,
        flipped_at timestamptz not null default now()
      );
      create table aggregate.rebuilds (
        id text primary key,
        kind text not null check (kind in ('rebuild', 'verification')),
        from_log text not null check (from_log in ('raw', 'enriched')),
        state text not null default 'queued'
          check (state in ('queued', 'replaying', 'comparing', 'switching', 'completed', 'failed')),
        done bigint not null default 0,
        total bigint,
        compared jsonb,
        differences jsonb not null default '[]',
        error text,
        requested_at timestamptz not null,
        changed_at timestamptz not null
      );
      create table aggregate.log (
        topic text primary key,
        cluster text not null,
        log_id text not null,
        partitions int not null
      );
      create index rebuilds_by_time on aggregate.rebuilds (requested_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table aggregate.log, aggregate.rebuilds, aggregate.pointer, aggregate.generations',
    );
  }
}

export const AGGREGATE_SCHEMA = 'aggregate';
export const migrations = [MakeGenerations1795219200000];
