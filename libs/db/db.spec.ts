import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

import { startPostgres, type TestPostgres } from '../../test/support/postgres.js';
import {
  DatabaseError,
  isConflict,
  isMissing,
  migrate,
  openDataSource,
  pendingMigrations,
  readLive,
  retry,
  sqlOf,
  transaction,
  tryAdvisoryLock,
  withAdvisoryLock,
} from './index.js';

class MakeThings1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table shelf.things (id int primary key, n int not null)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table shelf.things');
  }
}

let server: TestPostgres;
let db: DataSource;
const shelf = () => ({
  url: server.url,
  application: 'test',
  schema: 'shelf',
  migrations: [MakeThings1700000000000],
});

beforeAll(async () => {
  server = await startPostgres({ deadlock_timeout: '50ms' });
  db = await openDataSource({ url: server.url, application: 'test' });
}, 30_000);
afterAll(async () => {
  await db.destroy();
  await server.stop();
});

describe('migrations', () => {
  it('run once, whoever and however many start them', async () => {
    expect(await pendingMigrations(db, shelf())).toEqual(['MakeThings1700000000000']);
    const runs = await Promise.all([migrate(shelf()), migrate(shelf()), migrate(shelf())]);
    expect(runs.flat()).toEqual(['MakeThings1700000000000']);
    expect(await pendingMigrations(db, shelf())).toEqual([]);
  });
});

describe('a transaction', () => {
  it('leaves nothing behind when its work throws', async () => {
    const fails = transaction(db, { schema: 'shelf' }, async (sql) => {
      await sql('insert into things values (1, 1)');
      throw new RangeError('no');
    });
    await expect(fails).rejects.toThrow(RangeError);
    expect(await sqlOf(db)('select * from shelf.things')).toEqual([]);
  });

  it('says by its code that it deadlocked, without the parameters, and succeeds when it is run again', async () => {
    await sqlOf(db)('insert into shelf.things values (10, 0), (11, 0)');
    const tries: unknown[] = [];
    const gate = meeting(2);
    const add = (first: number, second: number) =>
      retry({ when: isConflict, attempts: 5, pause: 1, longest: 5, onRetry: (e) => tries.push(e) }, () =>
        transaction(db, { schema: 'shelf' }, async (sql) => {
          await sql('update things set n = n + 1 where id = $1', [first]);
          await gate();
          await sql('update things set n = n + 1 where id = $1', [second]);
        }),
      );
    await Promise.all([add(10, 11), add(11, 10)]);
    expect(await sqlOf(db)('select n from shelf.things where id in (10, 11)')).toEqual([{ n: 2 }, { n: 2 }]);
    expect(tries).toHaveLength(1);
    expect(tries[0]).toMatchObject({ name: 'DatabaseError', code: '40P01' });
    expect(tries[0]).not.toHaveProperty('parameters');
  });

  it('throws what the server said when its connection is ended under it', async () => {
    const fails = transaction(db, {}, async (sql) => {
      const [me] = await sql<{ pid: number }>('select pg_backend_pid() as pid');
      await sqlOf(db)('select pg_terminate_backend($1)', [me?.pid]);
      await sql('select 1');
    });
    await expect(fails).rejects.toBeInstanceOf(DatabaseError);
    expect(await sqlOf(db)('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a reader of the live generation', () => {
  it('is told that there is none yet, then reads one generation however the pointer flips meanwhile', async () => {
    const early: unknown = await readLive(db, async () => 1).catch((error: unknown) => error);
    expect(isMissing(early)).toBe(true);
    await sqlOf(db)(`create schema aggregate; create table aggregate.pointer (generation int);
      create schema gen_1; create table gen_1.t as select 'old' as is;
      create schema gen_2; create table gen_2.t as select 'new' as is;
      insert into aggregate.pointer values (1)`);
    const read = await readLive(db, async (sql) => {
      const before = await sql('select "is" from t');
      await sqlOf(db)('update aggregate.pointer set generation = 2');
      return [before, await sql('select "is" from t')];
    });
    expect(read).toEqual([[{ is: 'old' }], [{ is: 'old' }]]);
    expect(await readLive(db, (sql) => sql('select "is" from t'))).toEqual([{ is: 'new' }]);
  });

  it('cannot write', async () => {
    const writes = readLive(db, (sql) => sql('delete from t'));
    await expect(writes).rejects.toMatchObject({ code: '25006' });
  });
});

describe('an advisory lock', () => {
  it('is held by one at a time and free again after its holder failed', async () => {
    const held = await tryAdvisoryLock(db, 'one');
    expect(await tryAdvisoryLock(db, 'one')).toBeNull();
    await held?.assertHeld();
    await held?.release();
    const fails = withAdvisoryLock(db, 'one', async () => {
      throw new RangeError('no');
    });
    await expect(fails).rejects.toThrow(RangeError);
    const again = await tryAdvisoryLock(db, 'one');
    expect(again).not.toBeNull();
    await again?.release();
  });

  it('says that it is lost when its connection is gone', async () => {
    const lock = await tryAdvisoryLock(db, 'two');
    await sqlOf(db)(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`,
    );
    await expect(lock?.assertHeld()).rejects.toBeInstanceOf(DatabaseError);
    await lock?.release();
  });
});

/** A point where the first `n` callers wait for each other; later ones pass. */
function meeting(n: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let met = false;
  return () =>
    new Promise<void>((pass) => {
      if (met) return pass();
      waiting.push(pass);
      if (waiting.length < n) return;
      met = true;
      for (const go of waiting) go();
    });
}
