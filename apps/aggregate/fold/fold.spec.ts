import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';

import { sqlOf } from '#libs/db';
import { type Outcome, topics } from '#libs/events';

import { startPostgres, type TestPostgres } from '../../../test/support/postgres.js';
import { Folder } from '../testing/folder.js';
import { control, deleted, enriched, rejected, somePost } from '../testing/outcomes.js';
import { addGeneration, dump, openTables } from '../testing/tables.js';
import { commitSlices } from './commit-slices.js';
import { StaleError } from './errors.js';

let server: TestPostgres;
let db: DataSource;
let generation = 1;

beforeAll(async () => {
  server = await startPostgres();
  db = await openTables(server.url, 3);
}, 30_000);
afterAll(async () => {
  await db.destroy();
  await server.stop();
});
beforeEach(async () => {
  generation += 1;
  await addGeneration(db, server.url, { generation, state: 'building', partitions: 3 });
});

const folder = (log: readonly (readonly Outcome[])[]) => new Folder(db, generation, log);
const rows = <Row>(statement: string) =>
  sqlOf(db)<Row>(statement.replaceAll(/\b(from|join) (\w+)/g, `$1 gen_${generation}.$2`));

/** Raw places of one partition, one after the other. */
function places(partition: number) {
  let offset = -1;
  return () => ({ raw: { partition, offset: (offset += 1) } });
}

describe('the fold of outcomes', () => {
  it('counts the first record of a post, and of its copies only that they came and what they say of reposts', async () => {
    const at = places(0);
    const first = somePost('1', { reposts: [{ postId: '1', count: 3 }] });
    const copy = somePost('1', { hashtags: ['Other'], reposts: [{ postId: '1', count: 9 }] });
    await folder([[enriched(at(), first), enriched(at(), copy), enriched(at(), somePost('2'))]]).all();
    expect(await rows('select posts, duplicates from totals')).toEqual([{ posts: 2, duplicates: 1 }]);
    expect(await rows(`select key, count, posts from counters where kind = 'hashtag'`)).toEqual([
      { key: 'birds', count: 2, posts: 2 },
    ]);
    expect(await rows('select post_id, count from reposts')).toEqual([{ post_id: '1', count: 9 }]);
    expect(await rows(`select id, duplicates from posts order by id`)).toEqual([
      { id: '1', duplicates: 1 },
      { id: '2', duplicates: 0 },
    ]);
    expect(
      await rows(`select kind, keys from distincts where kind in ('author', 'hashtag') order by kind`),
    ).toEqual([
      { kind: 'author', keys: 1 },
      { kind: 'hashtag', keys: 1 },
    ]);
  });

  it('counts a copy of a post that an earlier transaction has inserted', async () => {
    const at = places(1);
    const log = [
      [],
      [enriched(at(), somePost('1')), enriched(at(), somePost('1')), enriched(at(), somePost('1'))],
    ];
    await folder(log).all(1);
    expect(await rows('select duplicates from posts')).toEqual([{ duplicates: 2 }]);
    expect(await rows('select posts, duplicates, records from job_counts')).toEqual([
      { posts: 1, duplicates: 2, records: 3 },
    ]);
  });

  it('counts what was sent again nowhere: neither posts nor rejections nor control messages', async () => {
    const at = places(0);
    const once = [
      {
        position: 1,
        outcome: (where: ReturnType<typeof at>) => enriched({ ...where, position: 1 }, somePost('1')),
      },
      { position: 2, outcome: (where: ReturnType<typeof at>) => rejected({ ...where, position: 2 }) },
      { position: 3, outcome: (where: ReturnType<typeof at>) => control({ ...where, position: 3 }) },
    ];
    await folder([[...once, ...once].map(({ outcome }) => outcome(at()))]).all();
    expect(await rows('select records, posts, duplicates, rejections, controls from job_counts')).toEqual([
      { records: 3, posts: 1, duplicates: 0, rejections: 1, controls: 1 },
    ]);
    expect(await rows(`select key, count from counters where kind = 'control'`)).toEqual([
      { key: 'delete', count: 1 },
    ]);
    expect(await rows('select raw_offset from rejections')).toEqual([{ raw_offset: 1 }]);
  });

  it('inserts an unknown post even when its position is old', async () => {
    const at = places(0);
    await folder([
      [enriched({ ...at(), position: 8 }, somePost('1')), enriched({ ...at(), position: 4 }, somePost('2'))],
    ]).all();
    expect(await rows('select posts, duplicates from totals')).toEqual([{ posts: 2, duplicates: 0 }]);
  });

  it('drops an outcome that enrich wrote twice', async () => {
    const at = places(0);
    const outcome = enriched(at(), somePost('1'));
    await folder([[outcome, outcome, { ...outcome, position: 99 }]]).all(1);
    expect(await rows('select posts, duplicates from totals')).toEqual([{ posts: 1, duplicates: 0 }]);
    expect(
      await rows(`select next_enriched, next_raw from offsets where partition = 0 and next_raw > 0`),
    ).toEqual([{ next_enriched: 3, next_raw: 1 }]);
  });

  it('keeps a post whose text holds what Postgres cannot store', async () => {
    const at = places(0);
    const post = somePost('1', { text: 'a\u0000b \ud83d c\\d "e"\n\tf', hashtags: ['x\u0000y\\'], lang: '' });
    await folder([[enriched(at(), post)]]).all();
    expect(await rows(`select body ->> 'text' as text from posts`)).toEqual([
      { text: 'a\ufffdb \ufffd c\\d "e"\n\tf' },
    ]);
    expect(await rows(`select key from counters where kind = 'hashtag'`)).toEqual([{ key: 'x\ufffdy\\' }]);
  });

  it('shows an author as in the post with the highest id, however long the ids', async () => {
    const at = places(0);
    const author = { id: '77', screenName: 'Ada', name: null, followers: 1, following: 1, posts: 1 };
    const posts = ['9', '10', '1'].map((id, followers) => somePost(id, { author: { ...author, followers } }));
    await folder([posts.map((post) => enriched(at(), post))]).all(1);
    expect(await rows('select posts, last_id, followers from authors')).toEqual([
      { posts: 3, last_id: '10', followers: 1 },
    ]);
  });
});

describe('a replay', () => {
  const refused = { partition: 0, offset: 0 };

  it('inserts the post and closes its rejection, in whichever order the two partitions are folded', async () => {
    const [at0, at1] = [places(0), places(1)];
    const log = [
      [rejected(at0())],
      [
        enriched(
          { ...at1(), job: 'job000000002', source: 'job000000002.0', replayOf: refused },
          somePost('1'),
        ),
      ],
    ];
    await folder(log).partitions([1, 0]);
    const replayFirst = await dump(db, generation);
    generation += 1;
    await addGeneration(db, server.url, { generation, state: 'building', partitions: 3 });
    await folder(log).partitions([0, 1]);
    expect(await dump(db, generation)).toEqual(replayFirst);
    expect(await rows('select rejected, closed, reason from rejections')).toEqual([
      { rejected: true, closed: true, reason: 'json' },
    ]);
    expect(await rows('select posts from totals')).toEqual([{ posts: 1 }]);
  });

  it('counts nowhere when its original was accepted at once in this generation', async () => {
    const at = places(0);
    const replay = { job: 'job000000002', source: 'job000000002.0', replayOf: refused };
    await folder([[enriched(at(), somePost('1')), enriched({ ...at(), ...replay }, somePost('1'))]]).all();
    expect(await rows('select posts, duplicates from totals')).toEqual([{ posts: 1, duplicates: 0 }]);
    expect(await rows('select * from rejections')).toEqual([]);
  });

  it('counts once, however often the same rejection is replayed', async () => {
    const at = places(0);
    const again = (n: number) => ({ source: `replay${n}.0`, position: 0, replayOf: refused });
    await folder([
      [
        rejected(at()),
        enriched({ ...at(), ...again(1) }, somePost('1')),
        enriched({ ...at(), ...again(2) }, somePost('1')),
      ],
    ]).all(1);
    expect(await rows('select posts, duplicates from totals')).toEqual([{ posts: 1, duplicates: 0 }]);
  });

  it('that is rejected once more adds no rejection, but an attempt', async () => {
    const [at0, at2] = [places(0), places(2)];
    await folder([
      [rejected(at0())],
      [],
      [rejected({ ...at2(), source: 'replay.0', position: 0, replayOf: refused })],
    ]).all();
    expect(await rows('select rejected, closed, attempts from rejections')).toEqual([
      { rejected: true, closed: false, attempts: 1 },
    ]);
  });
});

describe('a deletion', () => {
  it('refuses what comes after its marker in a partition, and only that', async () => {
    const [at0, at1] = [places(0), places(1)];
    await folder([
      [enriched(at0(), somePost('1')), deleted(at0()), enriched(at0(), somePost('2')), rejected(at0())],
      [enriched(at1(), somePost('3'))],
    ]).all(1);
    expect(await rows('select id from posts order by id')).toEqual([{ id: '1' }, { id: '3' }]);
    expect(await rows('select * from rejections')).toEqual([]);
    expect(await rows('select partition from deleted_partitions')).toEqual([{ partition: 0 }]);
  });
});

describe('the fence', () => {
  it('lets a batch in once: who comes late changes nothing and is told which partitions', async () => {
    const at = places(0);
    const [slice] = folder([[enriched(at(), somePost('1'))]]).slices(10);
    if (!slice) throw new Error('no slice');
    const target = { generation, topic: topics.enriched.name };
    const two = await Promise.allSettled([1, 2].map(() => commitSlices(db, target, [slice])));
    expect(two.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const late = await commitSlices(db, target, [slice]).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(StaleError);
    expect(late).toMatchObject({ partitions: [0] });
    expect(await rows('select posts, duplicates from totals')).toEqual([{ posts: 1, duplicates: 0 }]);
  });

  it('stops before the raw offset that the generation must not reach, and goes on when it is lifted', async () => {
    const at = places(0);
    const all = folder([[enriched(at(), somePost('1')), enriched(at(), somePost('2'))]]);
    await sqlOf(db)('update aggregate.generations set stop_at = $2 where generation = $1', [
      generation,
      { 0: 1 },
    ]);
    const [slice] = all.slices(10);
    if (!slice) throw new Error('no slice');
    const held = await commitSlices(db, { generation, topic: topics.enriched.name }, [slice]);
    expect([...held.held]).toEqual([0]);
    expect([...held.next]).toEqual([[0, 1]]);
    await sqlOf(db)('update aggregate.generations set stop_at = null where generation = $1', [generation]);
    await all.from({ 0: 1 }).all();
    expect(await rows('select posts from totals')).toEqual([{ posts: 2 }]);
  });
});
