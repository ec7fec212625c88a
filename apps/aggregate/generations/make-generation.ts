import { type DataSource } from 'typeorm';

import { type DatabaseOptions, openDataSource, type Sql, sqlOf, transaction } from '#libs/db';
import { topics } from '#libs/events';

import { schemaOf } from '../fold/commit-slices.js';
import { projections } from '../projections/all.js';
import { CollectionRow } from '../projections/collections.js';
import { JobRow, jobStorage } from '../projections/jobs.js';
import { Offset } from '../projections/offsets.js';
import { postIndexes, PostRow, postStorage } from '../projections/posts.js';
import { SourceRow, sourceStorage } from '../projections/sources.js';

const entities = [
  PostRow,
  CollectionRow,
  JobRow,
  SourceRow,
  Offset,
  ...projections.map(({ entity }) => entity),
];

const storage = [
  ...postStorage,
  ...jobStorage,
  ...sourceStorage,
  ...projections.flatMap((table) => table.storage ?? []),
];

export interface NewGeneration {
  readonly generation: number;
  /** Partitions of the enriched topic and of the job events: each starts at 0. */
  readonly enriched: { readonly topic: string; readonly partitions: number };
  readonly events: { readonly partitions: number };
}

/**
 * Makes the tables of a generation from the projections, empty, without the indexes of `indexPosts`. What an attempt
 * that was cut off has left behind is thrown away first.
 */
export async function makeGeneration(
  dataSource: DataSource,
  database: DatabaseOptions,
  { generation, enriched, events }: NewGeneration,
): Promise<void> {
  const schema = schemaOf(generation);
  await sqlOf(dataSource)(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  const builder = await openDataSource(
    { ...database, schema, entities, connections: 1 },
    { synchronize: true },
  );
  await builder.destroy();
  await transaction(dataSource, { schema }, async (sql) => {
    for (const statement of storage) await sql(statement);
    await startAt0(sql, enriched.topic, enriched.partitions);
    await startAt0(sql, topics.jobs.name, events.partitions);
  });
}

async function startAt0(sql: Sql, topic: string, partitions: number): Promise<void> {
  await sql(
    `insert into offsets (topic, partition, next_enriched, next_raw)
     select $1, partition, 0, case when $1 = $3 then null else 0 end from generate_series(0, $2::int - 1) as partition`,
    [topic, partitions, topics.jobs.name],
  );
}

/** Makes the indexes of the posts that are missing. */
export async function indexPosts(dataSource: DataSource, generation: number): Promise<void> {
  await transaction(dataSource, { schema: schemaOf(generation) }, async (sql) => {
    for (const statement of postIndexes)
      await sql(statement.replace('create index', 'create index if not exists'));
  });
}
