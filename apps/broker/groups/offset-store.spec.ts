import { describe, expect, it } from '@jest/globals';

import { BufferPool } from '../log/buffer-pool.js';
import { OpenSegments } from '../log/open-segments.js';
import { PartitionLog } from '../log/partition-log.js';
import { VolatileDisk, seeded } from '../log/volatile-disk.js';
import { OffsetStore } from './offset-store.js';

const FOLDER = 'data/groups';

async function open(disk: VolatileDisk) {
  const house = {
    files: disk.session(),
    pool: new BufferPool(),
    openSegments: new OpenSegments(),
    segmentBytes: 128 * 1024 * 1024,
    checkpointBytes: 32 * 1024 * 1024,
    fail: () => undefined,
  };
  if ((await house.files.list(FOLDER)).length === 0) {
    await PartitionLog.create(house, FOLDER);
    await house.files.syncFolder('data');
    await house.files.syncFolder('');
  }
  const log = await PartitionLog.open(house, FOLDER);
  return { log, store: await OffsetStore.open(log, () => 1) };
}

const at = (offset: number, metadata: string | null = null) => ({ offset, leaderEpoch: -1, metadata });
const change = (topic: string, partition: number, offset: number) => ({
  topic,
  partition,
  committed: at(offset),
});

describe('the offsets of groups', () => {
  it('are there after a power cut, as they were last set', async () => {
    const disk = new VolatileDisk(seeded(1));
    const { store } = await open(disk);
    await store.change('g', [change('t', 0, 5), change('t', 1, 6)]);
    await Promise.all([store.change('g', [change('t', 0, 7)]), store.change('h', [change('t', 0, 1)])]);
    await store.change('g', [{ topic: 't', partition: 1, committed: at(8, 'note') }]);
    disk.cut();
    const { store: again } = await open(disk);
    expect(again.get('g', 't', 0)).toEqual(at(7));
    expect(again.get('g', 't', 1)).toEqual(at(8, 'note'));
    expect(again.get('h', 't', 0)).toEqual(at(1));
    expect(again.get('g', 'u', 0)).toBeUndefined();
  });

  it('go with their topic or their group', async () => {
    const disk = new VolatileDisk(seeded(1));
    const { store } = await open(disk);
    await store.change('g', [change('t', 0, 5), change('u', 0, 6)]);
    await store.change('h', [change('t', 0, 5)]);
    await store.forgetTopic('t');
    expect(store.of('g')).toEqual([{ name: 'u', partitions: [0] }]);
    expect(store.groupIds()).toEqual(['g']);
    await store.forgetGroup('g');
    disk.cut();
    expect((await open(disk)).store.groupIds()).toEqual([]);
  });

  it('are not taken while the disk is full, and what held before still holds', async () => {
    const disk = new VolatileDisk(seeded(1));
    const { store } = await open(disk);
    await store.change('g', [change('t', 0, 5)]);
    disk.limit(0);
    await expect(store.change('g', [change('t', 0, 6)])).rejects.toThrow('no room');
    expect(store.get('g', 't', 0)).toEqual(at(5));
  });

  it('do not fill the disk: the log is written anew with what holds now', async () => {
    const disk = new VolatileDisk(seeded(1));
    const { store, log } = await open(disk);
    await store.change('quiet', [change('t', 0, 42)]);
    const note = 'x'.repeat(3_000_000);
    let largest = 0;
    for (let offset = 0; offset < 12; offset += 1) {
      await store.change('g', [{ topic: 't', partition: 0, committed: at(offset, note) }]);
      largest = Math.max(largest, log.bytes);
    }
    expect(largest).toBeLessThan(20_000_000);
    disk.cut();
    const { store: again } = await open(disk);
    expect(again.get('g', 't', 0)?.offset).toBe(11);
    expect(again.get('quiet', 't', 0)?.offset).toBe(42);
  });
});
