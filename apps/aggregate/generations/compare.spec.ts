import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';

import { type Sql, sqlOf, transaction } from '#libs/db';
import { type JobEvent, topics } from '#libs/events';

import { startPostgres, type TestPostgres } from '../../../test/support/postgres.js';
import { commitEvents } from '../events/commit-events.js';
import { schemaOf } from '../fold/commit-slices.js';
import { Folder } from '../testing/folder.js';
import { deleted, enriched, rejected, somePost } from '../testing/outcomes.js';
import { addGeneration, openTables } from '../testing/tables.js';
import { compareGenerations, comparedTables, type ComparedTable, deletedEverywhere } from './compare.js';
import { Sweeper } from './sweeper.js';

const PARTITIONS = 2;
const GONE = 'collection02';
let server: TestPostgres;
let db: DataSource;

const gone = { collection: GONE, job: 'job000000002', source: 'job000000002.0' };
const reposts = [{ postId: '1', count: 3 }];
const log = [
  [
    enriched({ raw: { partition: 0, offset: 0 } }, somePost('1', { reposts })),
    rejected({ raw: { partition: 0, offset: 1 } }),
    enriched({ ...gone, raw: { partition: 0, offset: 2 } }, somePost('9')),
    deleted({ ...gone, raw: { partition: 0, offset: 3 } }),
  ],
  [
    enriched({ raw: { partition: 1, offset: 0 } }, somePost('2')),
    enriched({ ...gone, raw: { partition: 1, offset: 1 } }, somePost('8')),
    deleted({ ...gone, raw: { partition: 1, offset: 2 } }),
  ],
];

const event = (type: JobEvent['type'], data: object) =>
  ({ id: type, type, version: 1, occurredAt: AT, receivedAt: AT, data }) as JobEvent;
const AT = '2026-01-01T00:00:00.000Z';
const spec = { kind: 'replay', rejections: [{ partition: 0, offset: 1 }] };
const events = [
  event('CollectionCreated', { collection: 'collection01', name: 'Storm', origin: null }),
  event('JobSubmitted', { job: 'job000000001', collection: 'collection01', spec }),
  event('JobClaimed', { job: 'job000000001', epoch: 1, holder: 'h' }),
  event('SourceOpened', {
    job: 'job000000001',
    collection: 'collection01',
    epoch: 1,
    source: 'job000000001.0',
    name: 'a.jsonl',
    bytes: 10,
  }),
];

async function filled(generation: number): Promise<void> {
  await new Folder(db, generation, log).all();
  const records = events.map((one, offset) => ({ offset, event: one }));
  await commitEvents(db, generation, { partition: 0, from: 0, to: records.length, records });
}

beforeAll(async () => {
  server = await startPostgres();
  db = await openTables(server.url, PARTITIONS);
  await addGeneration(db, server.url, { generation: 2, state: 'building', partitions: PARTITIONS });
  await filled(1);
  await filled(2);
}, 30_000);
afterAll(async () => {
  await db.destroy();
  await server.stop();
});

const compare = () =>
  transaction(db, { snapshot: true }, async (sql) =>
    compareGenerations(
      { sql, generation: 1 },
      { sql: sqlOf(db), generation: 2 },
      await deletedEverywhere({ sql, generation: 1 }),
    ),
  );

/** Changes one row of a table so that it is no longer what the log says; every table has at least one. */
async function spoil(sql: Sql, table: ComparedTable): Promise<void> {
  const row = `${schemaOf(1)}.${table} where ctid = (select min(ctid) from ${schemaOf(1)}.${table}
    ${table === 'deleted_partitions' ? '' : `as t where to_jsonb(t) ->> 'collection' is distinct from '${GONE}'`})`;
  const changes: Partial<Record<ComparedTable, string>> = {
    counters: 'count = count + 1',
    posts: 'duplicates = duplicates + 1',
    authors: 'followers = followers + 1',
    totals: 'located = located + 1',
    jobs: `phase = 'failed'`,
    collections: `name = 'Calm'`,
  };
  const change = changes[table];
  if (change) await sql(`update ${row.replace(' where', ` set ${change} where`)}`);
  else await sql(`delete from ${row}`);
}

describe('a comparison of two generations', () => {
  it('finds nothing where both were folded from the same log, one of them swept', async () => {
    expect(await new Sweeper(db).sweep(1)).toBeGreaterThan(0);
    expect(await sqlOf(db)(`select from ${schemaOf(1)}.posts where collection = '${GONE}'`)).toEqual([]);
    expect(await sqlOf(db)(`select from ${schemaOf(2)}.posts where collection = '${GONE}'`)).toHaveLength(2);
    expect(await compare()).toMatchObject({ tables: 15, differing: 0, differences: [] });
  });

  it.each(Object.keys(comparedTables) as ComparedTable[])(
    'names the one row that was spoiled in %s',
    async (table) => {
      const seen = await transaction(db, {}, async (sql) => {
        await spoil(sql, table);
        const comparison = await compareGenerations(
          { sql, generation: 1 },
          { sql: sqlOf(db), generation: 2 },
          [GONE],
        );
        await sql('rollback; begin');
        return comparison;
      });
      expect(seen.differing).toBe(1);
      expect(seen.differences).toHaveLength(1);
      expect(seen.differences[0]).toMatchObject({ table });
      expect(seen.differences[0]?.live).not.toEqual(seen.differences[0]?.replayed);
    },
  );

  it('is undisturbed by where the enriched topic stands', async () => {
    const moved = await transaction(db, {}, async (sql) => {
      await sql(`update ${schemaOf(1)}.offsets set next_enriched = 99 where topic <> '${topics.jobs.name}'`);
      const comparison = await compareGenerations({ sql, generation: 1 }, { sql: sqlOf(db), generation: 2 }, [
        GONE,
      ]);
      await sql('rollback; begin');
      return comparison;
    });
    expect(moved.differing).toBe(0);
  });
});

describe('a sweep', () => {
  it('leaves a collection alone that is not deleted in every partition yet', async () => {
    await addGeneration(db, server.url, { generation: 3, state: 'building', partitions: PARTITIONS });
    await new Folder(db, 3, [log[0] ?? []]).all();
    expect(await new Sweeper(db).sweep(3)).toBe(0);
    expect(await sqlOf(db)(`select id from ${schemaOf(3)}.posts where collection = '${GONE}'`)).toEqual([
      { id: '9' },
    ]);
  });
});
