import { describe, expect, it } from '@jest/globals';

import { place, readBatchHeader } from './batch.js';
import { BufferPool } from './buffer-pool.js';
import { OpenSegments } from './open-segments.js';
import { type LogHouse, PartitionLog } from './partition-log.js';
import { encodeBatch, recordsOf } from './records.js';
import { VolatileDisk, seeded } from './volatile-disk.js';

const FOLDER = 'data/p';

function house(disk: VolatileDisk, options: Partial<LogHouse> = {}): LogHouse {
  return {
    files: disk.session(),
    pool: new BufferPool(),
    openSegments: new OpenSegments(4),
    segmentBytes: 4_000,
    checkpointBytes: 8_000,
    fail: () => undefined,
    ...options,
  };
}

async function fresh(options: Partial<LogHouse> = {}) {
  const disk = new VolatileDisk(seeded(1));
  const shared = house(disk, options);
  await PartitionLog.create(shared, FOLDER);
  await shared.files.syncFolder('data');
  await shared.files.syncFolder('');
  return { disk, shared, log: await PartitionLog.open(shared, FOLDER) };
}

function batchOf(
  values: readonly string[],
  timestamp = 1,
  producer?: Parameters<typeof encodeBatch>[0]['producer'],
) {
  return encodeBatch({
    timestamp,
    records: values.map((value) => ({ key: null, value: Buffer.from(value) })),
    ...(producer && { producer }),
  });
}

/** Everything from `start` on, as offset → value, read in small bites. */
async function contentOf(log: PartitionLog, from = log.start): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (let at = from; at < log.end;) {
    const slice = await log.read(at, 300);
    if (!slice) break;
    for (let position = 0; position < slice.records.length;) {
      const { bytes } = readBatchHeader(slice.records, position);
      for (const { offset, value } of recordsOf(slice.records.subarray(position, position + bytes)) ?? []) {
        found.set(offset, String(value));
      }
      position += bytes;
    }
    at = slice.nextOffset;
    slice.release();
  }
  return found;
}

const fill = (log: PartitionLog, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, at) => log.append(batchOf([`value ${at}`, 'x'.repeat(200)], at))),
  );

describe('a partition on disk', () => {
  it('gives back what was appended, across segments, whatever the offset asked for', async () => {
    const { log } = await fresh();
    await fill(log, 100);
    expect(log.end).toBe(200);
    const content = await contentOf(log);
    expect([...content.keys()]).toEqual([...Array(200).keys()]);
    expect(content.get(84)).toBe('value 42');
    for (const offset of [0, 1, 2, 77, 198, 199]) {
      const slice = await log.read(offset, 1);
      expect(slice && readBatchHeader(slice.records).lastOffset).toBe(offset | 1);
      slice?.release();
    }
  });

  it('returns whole batches within the limit, and the first one even above it', async () => {
    const { log } = await fresh({ segmentBytes: 1_000_000 });
    const size = batchOf(['value 0', 'x'.repeat(200)]).length;
    await fill(log, 10);
    for (const [limit, batches] of [
      [1, 1],
      [size * 3, 3],
      [size * 4 - 1, 3],
    ] as const) {
      const slice = await log.read(2, limit);
      expect(slice?.records.length).toBe(size * batches);
      slice?.release();
    }
  });

  it('acknowledges a batch that was sent again with the offset of its original, also after a start from the log', async () => {
    const { disk, log } = await fresh();
    const send = (target: PartitionLog, sequence: number, epoch = 0) =>
      target.append(batchOf([`s${sequence}`], 1, { id: 7, epoch, sequence }));
    for (let sequence = 0; sequence < 7; sequence += 1) await send(log, sequence);
    expect(await send(log, 4)).toEqual({ kind: 'stored', offset: 4 });
    expect(await send(log, 9)).toEqual({ kind: 'out of order' });
    disk.cut();
    const again = await PartitionLog.open(house(disk), FOLDER);
    expect(await send(again, 6)).toEqual({ kind: 'stored', offset: 6 });
    expect(await send(again, 7)).toEqual({ kind: 'stored', offset: 7 });
    expect(await send(again, 0, 1)).toEqual({ kind: 'stored', offset: 8 });
    expect(await send(again, 8)).toEqual({ kind: 'old epoch' });
    expect(again.end).toBe(9);
  });

  it('deletes records for good, and the files that hold nothing else', async () => {
    const { disk, log } = await fresh();
    await fill(log, 100);
    const before = log.bytes;
    await log.deleteBefore(101);
    expect(log.bytes).toBeLessThan(before);
    disk.cut();
    const again = await PartitionLog.open(house(disk), FOLDER);
    expect([again.start, again.end]).toEqual([101, 200]);
    await again.deleteBefore(200);
    expect([again.start, again.end, again.bytes]).toEqual([200, 200, 0]);
    expect(await again.append(batchOf(['next']))).toEqual({ kind: 'stored', offset: 200 });
  });

  it('forgets segments that are too old or too many, and nothing else', async () => {
    const { log } = await fresh();
    await fill(log, 100);
    await log.applyRetention(1_000, { ms: 950, bytes: -1 });
    const kept = await contentOf(log);
    expect(log.start).toBeGreaterThan(60);
    expect([...kept.values()]).toContain('value 50');
    await log.applyRetention(1_000, { ms: -1, bytes: 5_000 });
    expect(log.bytes).toBeGreaterThanOrEqual(5_000);
    expect(log.bytes).toBeLessThan(5_000 + 4_000);
    await log.applyRetention(1_000, { ms: 1, bytes: -1 });
    expect([log.start, log.end, log.bytes]).toEqual([200, 200, 0]);
  });

  it('finds the first batch of a time', async () => {
    const { log } = await fresh();
    await fill(log, 100);
    for (const time of [0, 1, 50, 99]) {
      const slice = await log.readByTime(time);
      expect(slice && readBatchHeader(slice.records).baseOffset).toBe(time * 2);
      slice?.release();
    }
    expect(await log.readByTime(100)).toBeUndefined();
  });

  it('refuses batches while the disk is full, and goes on when there is room again', async () => {
    const { disk, log } = await fresh();
    await fill(log, 3);
    disk.limit(100);
    const refused = await Promise.all([
      log.append(batchOf(['a'.repeat(80)], 1, { id: 1, epoch: 0, sequence: 0 })),
      log.append(batchOf(['b'.repeat(80)], 1, { id: 1, epoch: 0, sequence: 1 })),
    ]);
    expect(refused).toEqual([{ kind: 'no space' }, { kind: 'no space' }]);
    expect(log.end).toBe(6);
    disk.limit(Infinity);
    const again = await log.append(batchOf(['a'], 1, { id: 1, epoch: 0, sequence: 0 }));
    expect(again).toEqual({ kind: 'stored', offset: 6 });
    disk.cut();
    expect([...(await contentOf(await PartitionLog.open(house(disk), FOLDER))).values()].at(-1)).toBe('a');
  });

  it('lets a full disk not end it while it changes segments', async () => {
    const { disk, log } = await fresh();
    let failures = 0;
    for (let room = 0; room < 40; room += 1) {
      disk.limit(room * 150);
      const outcome = await log.append(batchOf(['x'.repeat(900)]));
      if (outcome.kind === 'no space') failures += 1;
    }
    disk.limit(Infinity);
    expect(failures).toBeGreaterThan(3);
    disk.cut();
    const again = await PartitionLog.open(house(disk), FOLDER);
    expect(again.end).toBe(40 - failures);
    expect((await contentOf(again)).size).toBe(40 - failures);
  });

  it('ends the process when a sync fails, and acknowledges nothing', async () => {
    const failures: unknown[] = [];
    const { disk, log } = await fresh({ fail: (error) => failures.push(error) });
    await fill(log, 1);
    const append = log.append(batchOf(['lost']));
    disk.cut();
    await expect(append).rejects.toThrow('power');
    expect(failures).toHaveLength(1);
    await expect(log.append(batchOf(['later']))).rejects.toThrow('power');
  });

  it('refuses what comes after it was closed, and does not take that for a failure of the disk', async () => {
    const failures: unknown[] = [];
    const { log } = await fresh({ fail: (error) => failures.push(error) });
    await log.append(batchOf(['in time']));
    const closed = log.close();
    await expect(log.append(batchOf(['too late']))).rejects.toThrow('is closed');
    await closed;
    expect(failures).toEqual([]);
  });

  it('stops at damage in what was acknowledged, and says what to do', async () => {
    const { disk, log } = await fresh({ segmentBytes: 1_000_000, checkpointBytes: 1_000_000 });
    for (let at = 0; at < 5; at += 1) await log.append(batchOf([`value ${at}`]));
    disk.spoil(`${FOLDER}/00000000000000000000.log`, 100);
    await expect(PartitionLog.open(house(disk), FOLDER)).rejects.toThrow(
      /damaged at byte \d+: .* Restore the data folder from a copy.*truncate -s/,
    );
  });

  it('stops where a file is shorter than it was', async () => {
    const { disk, log } = await fresh();
    await fill(log, 100);
    await log.close();
    const files = disk.session();
    for (const name of (await files.list(FOLDER)).filter((file) => file.endsWith('.log')).slice(0, -1)) {
      const file = await files.open(`${FOLDER}/${name}`, 'write');
      const size = await file.size();
      await file.truncate(size - 1);
      await expect(PartitionLog.open(house(disk), FOLDER)).rejects.toThrow('damaged');
      await file.write([Buffer.alloc(1)], size - 1);
    }
  });

  it('cuts a torn tail', async () => {
    const { disk, log } = await fresh({ segmentBytes: 1_000_000 });
    await fill(log, 3);
    const files = disk.session();
    const file = await files.open(`${FOLDER}/00000000000000000000.log`, 'write');
    await file.write(
      [batchOf(['torn', 'y'.repeat(500)]).subarray(0, 300), Buffer.alloc(10_000)],
      await file.size(),
    );
    const again = await PartitionLog.open(house(disk), FOLDER);
    expect(again.end).toBe(6);
    expect(await again.append(batchOf(['next']))).toEqual({ kind: 'stored', offset: 6 });
    expect((await contentOf(again)).get(6)).toBe('next');
  });

  it('serves a log with gaps in its offsets, within a segment and at the end of one', async () => {
    const disk = new VolatileDisk(seeded(1));
    const { files } = house(disk);
    await files.makeFolder(FOLDER);
    const at = (offset: number) => {
      const batch = batchOf([`at ${offset}`], offset);
      place(batch, offset, true);
      return batch;
    };
    const segments = [
      [0, [0, 10]],
      [20, [25, 30]],
      [40, []],
      [50, [50]],
    ] as const;
    for (const [base, offsets] of segments) {
      const file = await files.open(`${FOLDER}/${String(base).padStart(20, '0')}.log`, 'create');
      await file.write(offsets.map(at), 0);
    }
    const log = await PartitionLog.open(house(disk), FOLDER);
    expect([...(await contentOf(log)).keys()]).toEqual([0, 10, 25, 30, 50]);
    const asked = [
      [0, 0],
      [1, 10],
      [10, 10],
      [11, 25],
      [26, 30],
      [31, 50],
      [49, 50],
      [50, 50],
    ] as const;
    for (const [offset, found] of asked) {
      const slice = await log.read(offset, 1);
      expect(slice && readBatchHeader(slice.records).baseOffset).toBe(found);
      slice?.release();
    }
    expect(await log.append(batchOf(['next']))).toEqual({ kind: 'stored', offset: 51 });
  });

  it('starts from the files alone where checkpoint and indexes are gone', async () => {
    const { disk, log } = await fresh();
    await fill(log, 100);
    await log.close();
    const files = disk.session();
    for (const name of await files.list(FOLDER)) {
      if (!name.endsWith('.log')) await files.remove(`${FOLDER}/${name}`);
    }
    const again = await PartitionLog.open(house(disk), FOLDER);
    expect((await contentOf(again)).size).toBe(200);
  });
});
