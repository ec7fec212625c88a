import { describe, expect, it } from '@jest/globals';

import { readBatchHeader } from './batch.js';
import { BufferPool } from './buffer-pool.js';
import { OpenSegments } from './open-segments.js';
import { type LogHouse, PartitionLog } from './partition-log.js';
import { encodeBatch, recordsOf } from './records.js';
import { PowerCut, type Random, VolatileDisk, seeded } from './volatile-disk.js';

const FOLDER = 'data/p';
const LIVES = 12;

/** What the outside world was told, and must find again. */
interface Told {
  readonly acknowledged: Map<number, string>;
  readonly seen: Map<number, string>;
  deletedBelow: number;
  sent: number;
}

function houseOn(disk: VolatileDisk): LogHouse {
  return {
    files: disk.session(),
    pool: new BufferPool(),
    openSegments: new OpenSegments(2),
    segmentBytes: 20_000,
    checkpointBytes: 9_000,
    fail: () => undefined,
  };
}

/** As the maker of a topic does it: durable before anyone can write to it. */
async function create(disk: VolatileDisk): Promise<void> {
  const house = houseOn(disk);
  await PartitionLog.create(house, FOLDER);
  await house.files.syncFolder('data');
  await house.files.syncFolder('');
}

const open = (disk: VolatileDisk) => PartitionLog.open(houseOn(disk), FOLDER);

async function append(log: PartitionLog, told: Told, random: Random): Promise<void> {
  const value = `${told.sent++} ${'.'.repeat(Math.floor(random() * 6_000))}`;
  const outcome = await log.append(
    encodeBatch({ timestamp: 1, records: [{ key: null, value: Buffer.from(value) }] }),
  );
  if (outcome.kind === 'stored') told.acknowledged.set(outcome.offset, value);
}

async function read(log: PartitionLog, into: Map<number, string>): Promise<void> {
  for (let at = log.start; at < log.end;) {
    const slice = await log.read(at, 10_000);
    if (!slice) return;
    for (let position = 0; position < slice.records.length;) {
      const { bytes } = readBatchHeader(slice.records, position);
      const [record] = recordsOf(slice.records.subarray(position, position + bytes)) ?? [];
      into.set(record?.offset ?? -1, String(record?.value));
      position += bytes;
    }
    at = slice.nextOffset;
    slice.release();
  }
}

async function act(log: PartitionLog, told: Told, random: Random): Promise<void> {
  const choice = random();
  if (choice < 0.85) {
    const burst = Array.from({ length: 1 + Math.floor(random() * 4) }, () => append(log, told, random));
    await Promise.all(burst);
  } else if (choice < 0.95) {
    await read(log, told.seen);
  } else {
    const offset = log.start + Math.floor(random() * (log.end - log.start));
    await log.deleteBefore(offset);
    told.deletedBelow = Math.max(told.deletedBelow, offset);
  }
}

/** Works until the power goes; no other failure is excused. */
async function live(disk: VolatileDisk, told: Told, random: Random): Promise<void> {
  try {
    const log = await open(disk);
    await check(log, told);
    for (;;) await act(log, told, random);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
}

async function check(log: PartitionLog, told: Told): Promise<void> {
  const found = new Map<number, string>();
  await read(log, found);
  expect(log.start).toBeGreaterThanOrEqual(told.deletedBelow);
  for (const [offset, value] of [...told.acknowledged, ...told.seen]) {
    if (offset >= log.start && found.get(offset) !== value)
      throw new Error(`Offset ${offset} is lost or another.`);
  }
  expect([...found.keys()]).toEqual([...Array(log.end - log.start).keys()].map((at) => at + log.start));
}

describe('a partition whose power is cut', () => {
  const first = Number(process.env['CHAOS_SEED'] ?? 1);

  it('has every acknowledged record once, in order, whenever it was cut and whatever the disk had not synced', async () => {
    let acknowledged = 0;
    for (let seed = first; seed < first + 60; seed += 1) {
      const random = seeded(seed);
      const disk = new VolatileDisk(random);
      const told: Told = { acknowledged: new Map(), seen: new Map(), deletedBelow: 0, sent: 0 };
      await create(disk);
      try {
        for (let life = 0; life < LIVES; life += 1) {
          // Short lives find what only the next commit would have made good.
          const operations = random() < 0.5 ? random() * 25 : 10 + random() * 300;
          disk.endAfter(Math.floor(operations), random() < 0.4 ? 'kill' : 'cut');
          await live(disk, told, random);
        }
        await check(await open(disk), told);
      } catch (error) {
        throw new Error(`Seed ${seed} (CHAOS_SEED=${seed} repeats it)`, { cause: error });
      }
      acknowledged += told.acknowledged.size;
    }
    expect(acknowledged).toBeGreaterThan(1_000);
  }, 30_000);
});
