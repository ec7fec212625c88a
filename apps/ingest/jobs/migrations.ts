import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * ingest's own fold of `jobs.events.v1` with its offsets, and the leases of running jobs. Leases cannot be rebuilt
 * from the log, hence migrations.
 */
export class CreateIngest1763700000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table ingest.offsets (
        topic text not null,
        partition int not null,
        next bigint not null,
        primary key (topic, partition)
      );
      create table ingest.jobs (
        job text primary key,
        collection text not null,
        ended boolean not null,
        state jsonb not null
      );
      create index jobs_open on ingest.jobs (job) where not ended;
      create index jobs_of_collection on ingest.jobs (collection);
      create table ingest.collections (
        collection text primary key,
        created boolean not null default false,
        origin text,
        delete_requested boolean not null default false,
        delete_marked boolean not null default false
      );
      create index collections_to_delete on ingest.collections (collection) where delete_requested and not delete_marked;
      create table ingest.leases (
        task text primary key,
        holder text not null,
        epoch int not null,
        expires_at timestamptz not null,
        failures int not null default 0,
        not_before timestamptz not null default '-infinity'
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop schema ingest cascade');
  }
}
