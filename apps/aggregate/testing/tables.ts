import { type DataSource } from 'typeorm';

import { migrate, openDataSource, sqlOf } from '#libs/db';
import { topics } from '#libs/events';

import { schemaOf } from '../fold/commit-slices.js';
import { indexPosts, makeGeneration } from '../generations/make-generation.js';
import { AGGREGATE_SCHEMA, migrations } from '../generations/migrations.js';

const databaseAt = (url: string) => ({ url, application: 'test', schema: AGGREGATE_SCHEMA, migrations });

/** Opens a database with the tables of the first generation in it, live. */
export async function openTables(url: string, partitions = 3): Promise<DataSource> {
  await migrate(databaseAt(url));
  const dataSource = await openDataSource({ url, application: 'test', connections: 8 });
  await addGeneration(dataSource, url, { generation: 1, state: 'live', partitions });
  await sqlOf(dataSource)('insert into aggregate.pointer (generation) values (1)');
  return dataSource;
}

export async function addGeneration(
  dataSource: DataSource,
  url: string,
  { generation, state, partitions }: { generation: number; state: string; partitions: number },
): Promise<void> {
  await makeGeneration(dataSource, databaseAt(url), {
    generation,
    enriched: { topic: topics.enriched.name, partitions },
    events: { partitions: 2 },
  });
  await indexPosts(dataSource, generation);
  await sqlOf(dataSource)(
    `insert into aggregate.generations (generation, state, enriched_topic, from_raw) values ($1, $2, $3, false)`,
    [generation, state, topics.enriched.name],
  );
}

/** Every table of a generation. */
export const tables = [
  'posts',
  'counters',
  'forms',
  'authors',
  'reposts',
  'minutes',
  'totals',
  'job_counts',
  'distincts',
  'rejections',
  'positions',
  'deleted_partitions',
  'collections',
  'jobs',
  'sources',
  'offsets',
];

/** All rows of a generation, as text in a fixed order: equal when, and only when, the generations are. */
export async function dump(dataSource: DataSource, generation: number): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of tables) {
    const rows = await sqlOf(dataSource)<{ row: string }>(
      `select t::text as row from ${schemaOf(generation)}.${table} as t order by t::text collate "C"`,
    );
    all[table] = rows.map(({ row }) => row);
  }
  return all;
}
