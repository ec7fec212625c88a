import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What cannot be rebuilt from the log: what people asked for before it is in the log, and the token. */
export class CreateGateway1795219200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table gateway.requests (
        id text collate "C" primary key,
        idempotency_key text collate "C" unique,
        -- Of the operation and everything that was sent with it.
        body_hash text not null,
        -- Id of what the request made or is about: a job, a collection, a rebuild.
        subject text collate "C" not null,
        events jsonb not null,
        requested_at timestamptz not null,
        produced_at timestamptz,
        -- The live tables show it, so nobody needs this row any more to answer.
        projected boolean not null default false
      );
      create index requests_to_produce on gateway.requests (requested_at) where produced_at is null;
      create index requests_to_project on gateway.requests (requested_at) where not projected;
      create table gateway.settings (
        name text primary key,
        value text not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table gateway.requests, gateway.settings');
  }
}

export const GATEWAY_SCHEMA = 'gateway';
export const migrations = [CreateGateway1795219200000];
