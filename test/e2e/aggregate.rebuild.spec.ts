import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { readLive } from '#libs/db';
import { enrichedTopic, type JobEvent, type Outcome } from '#libs/events';

import { every } from '../../apps/aggregate/every.js';
import { enriched, rejected, somePost } from '../../apps/aggregate/testing/outcomes.js';
import { AggregateWorld } from './aggregate-world.js';

jest.setTimeout(120_000);

let world: AggregateWorld;
beforeAll(async () => {
  world = await AggregateWorld.start();
  await world.addAggregate({ AGGREGATE_GRACE_MS: '300' });
  await world.addAggregate({ AGGREGATE_GRACE_MS: '300' });
});
afterAll(() => world.stop());

interface RebuildSeen {
  readonly state: string;
  readonly error: string | null;
  readonly compared: { readonly tables: number; readonly rows: number; readonly differing: number } | null;
  readonly differences: readonly { readonly table: string; readonly key: string }[];
}

const request = (type: 'RebuildRequested' | 'VerificationRequested', rebuild: string, from = 'enriched') =>
  world.events([
    {
      id: `${type}-${rebuild}`,
      type,
      version: 1,
      occurredAt: new Date().toISOString(),
      receivedAt: new Date().toISOString(),
      data: { rebuild, from },
    } as JobEvent,
  ]);

async function ended(id: string): Promise<RebuildSeen> {
  const read = () =>
    world.sql<RebuildSeen>(
      'select state, error, compared, differences from aggregate.rebuilds where id = $1',
      [id],
    );
  await world.until(`the end of ${id}`, async () =>
    ['completed', 'failed'].includes((await read())[0]?.state ?? ''),
  );
  const [row] = await read();
  if (!row) throw new Error(`no rebuild ${id}`);
  return row;
}

let written = 0;
/** The next outcomes of a job that never ends: one in a hundred is unreadable. */
function more(count: number): Outcome[] {
  return Array.from({ length: count }, () => {
    const n = (written += 1);
    const raw = { partition: n % 12, offset: Math.floor(n / 12) + 1 };
    return n % 100 === 0 ? rejected({ raw }) : enriched({ raw }, somePost(String(n)));
  });
}

/** An import that runs, at a pace that leaves the machine to the aggregates. */
const feeding = () =>
  every(
    20,
    () => world.outcomes(more(50)),
    (error) => world.faults.push(error),
  );

describe('a verification', () => {
  it('finds nothing to say while outcomes keep coming, and leaves nothing behind', async () => {
    const feed = feeding();
    await request('VerificationRequested', 'quiet');
    const seen = await ended('quiet');
    await feed.stop();
    expect(seen).toMatchObject({ state: 'completed', error: null, differences: [] });
    expect(seen.compared).toMatchObject({ tables: 15, differing: 0 });
    await world.settled();
    await world.until('the shadow is gone', async () => {
      const schemas = await world.sql(`select from pg_namespace where nspname like 'gen\\_%'`);
      return schemas.length === 1;
    });
  });

  it('names the one key that somebody has changed', async () => {
    const [pointer] = await world.sql<{ generation: number }>('select generation from aggregate.pointer');
    await world.sql(
      `update gen_${pointer?.generation}.counters set count = count + 1 where kind = 'hashtag'`,
    );
    await request('VerificationRequested', 'spoiled');
    const { differences, compared } = await ended('spoiled');
    expect(compared?.differing).toBe(1);
    expect(differences).toEqual([
      {
        table: 'counters',
        key: '["collection01", "hashtag", "birds"]',
        live: expect.stringContaining('count'),
        replayed: expect.stringContaining('count'),
      },
    ]);
  });
});

describe('a rebuild', () => {
  it('mends the tables while outcomes keep coming and readers keep reading numbers that never fall', async () => {
    let busy = true;
    const feed = feeding();
    const seen: number[] = [];
    const poll = (async () => {
      while (busy) {
        seen.push(
          await readLive(world.db, async (sql) => {
            const [row] = await sql<{ posts: number }>('select posts from totals');
            return row?.posts ?? 0;
          }),
        );
      }
    })();
    await request('RebuildRequested', 'mend');
    const rebuilt = await ended('mend');
    busy = false;
    await Promise.all([feed.stop(), poll]);
    expect(rebuilt).toMatchObject({ state: 'completed', error: null });
    expect(rebuilt.differences.map(({ table }) => table)).toEqual(['counters']);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    await request('VerificationRequested', 'after');
    expect(await ended('after')).toMatchObject({ compared: { differing: 0 } });
    await world.settled();
    const [totals] = await world.live<{ posts: number }>('select posts from totals');
    expect(totals?.posts).toBe(written - Math.floor(written / 100));
  });

  it('from raw reads a topic of its own, and reports what the mended mapper makes of the records', async () => {
    await world.settled();
    await request('RebuildRequested', 'mended', 'raw');
    const generation = await startedGeneration('mended');
    // What a mended enrich would write: every record is understood now.
    const again = Array.from({ length: written }, (_, i) => {
      const raw = { partition: (i + 1) % 12, offset: Math.floor((i + 1) / 12) + 1 };
      return enriched({ raw }, somePost(String(i + 1)));
    });
    await world.outcomes(again, enrichedTopic(generation).name);
    const { compared, state } = await ended('mended');
    expect(state).toBe('completed');
    expect(compared?.differing).toBeGreaterThan(0);
    expect(await world.live('select posts from totals')).toEqual([{ posts: written }]);
    expect(await world.live('select from rejections')).toEqual([]);
    expect(world.faults).toEqual([]);
  });
});

/** What enrich waits for: the event that names the topic it has to fill. */
async function startedGeneration(rebuild: string): Promise<number> {
  let generation: number | null = null;
  await world.until(`${rebuild} is announced`, async () => {
    const [row] = await world.sql<{ generation: number }>(
      `select generation from aggregate.generations where rebuild = $1 and 'GenerationStarted' = any (announced)`,
      [rebuild],
    );
    generation = row?.generation ?? null;
    return generation !== null;
  });
  if (generation === null) throw new Error(`${rebuild} was not announced`);
  return generation;
}
