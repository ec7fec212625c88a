import { afterEach, describe, expect, it } from '@jest/globals';

import { type JobEvent } from '#libs/events';

import { enriched, rejected, somePost } from '../../apps/aggregate/testing/outcomes.js';
import { AggregateWorld } from './aggregate-world.js';

let world: AggregateWorld;
afterEach(() => world.stop());

const event = <T extends JobEvent['type']>(type: T, data: Extract<JobEvent, { type: T }>['data']) =>
  ({
    id: `${type}-${JSON.stringify(data)}`,
    type,
    version: 1,
    occurredAt: '2026-01-01T00:00:00.000Z',
    receivedAt: '2026-01-01T00:00:00.000Z',
    data,
  }) as Extract<JobEvent, { type: T }>;

const posts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) =>
    enriched(
      { raw: { partition: (from + i) % 12, offset: Math.floor((from + i) / 12) + 1 } },
      somePost(`${from + i}`),
    ),
  );

describe('aggregates on one log', () => {
  it('share the partitions, count each outcome once, and go on when one of them leaves and another one comes', async () => {
    world = await AggregateWorld.start();
    const [first] = await Promise.all([world.addAggregate(), world.addAggregate()]);
    await world.events([
      event('CollectionCreated', { collection: 'collection01', name: 'Storm', origin: null }),
      event('JobSubmitted', {
        job: 'job000000001',
        collection: 'collection01',
        spec: { kind: 'replay', rejections: [{ partition: 0, offset: 1 }] },
      }),
    ]);
    await world.outcomes(posts(600));
    await world.settled();
    await first?.stop();
    world.aggregates.shift();
    await world.outcomes([...posts(600, 600), rejected({ raw: { partition: 3, offset: 5_000 } })]);
    await world.addAggregate();
    await world.settled();
    expect(await world.live('select posts, duplicates from totals')).toEqual([
      { posts: 1_200, duplicates: 0 },
    ]);
    expect(await world.live('select records, rejections from job_counts')).toEqual([
      { records: 1_201, rejections: 1 },
    ]);
    expect(await world.live('select name from collections')).toEqual([{ name: 'Storm' }]);
    expect(await world.live('select phase from jobs')).toEqual([{ phase: 'queued' }]);
    expect(world.faults).toEqual([]);
  }, 60_000);

  it('refuse a log that their tables were not made from, and say what to do', async () => {
    world = await AggregateWorld.start();
    const aggregate = await world.addAggregate();
    await aggregate.stop();
    world.aggregates.pop();
    await world.sql(`update aggregate.log set log_id = 'another' where topic = 'posts.raw.v1'`);
    await expect(world.addAggregate()).rejects.toThrow(/made from log another.*rebuild/);
  }, 60_000);
});
