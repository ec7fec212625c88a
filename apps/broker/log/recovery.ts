import { type BufferPool } from './buffer-pool.js';
import { type Checkpoint, loadCheckpoint } from './checkpoint.js';
import { DamagedLog, damagedAt } from './damage.js';
import { type Files, type OpenFile, isMissing } from './files.js';
import { Producers } from './producers.js';
import { hasCommitAfter, scanBatches } from './scan.js';
import {
  ActiveSegment,
  type SegmentState,
  baseOfName,
  removeSegment,
  saveIndex,
  segmentName,
} from './segment.js';
import { SparseIndex } from './sparse-index.js';

export interface Place {
  readonly files: Files;
  readonly folder: string;
  readonly pool: BufferPool;
}

export interface Recovered {
  readonly start: number;
  readonly sealed: readonly SegmentState[];
  readonly active: ActiveSegment;
  readonly producers: Producers;
  /** Bytes of a write that was cut off, and that nobody was told of. */
  readonly cutBytes: number;
}

/** Makes the folder of a new partition, so that it outlives a power cut. */
export async function createLogFolder(files: Files, folder: string): Promise<void> {
  await files.makeFolder(folder);
  const file = await files.open(`${folder}/${segmentName(0)}`, 'create');
  await file.sync();
  await file.close();
  await files.syncFolder(folder);
}

/**
 * Finds out what a partition holds, from its last checkpoint on. Cuts a torn tail.
 * @throws DamagedLog where acknowledged records cannot be read.
 */
export async function recover(place: Place): Promise<Recovered> {
  const { files, folder } = place;
  const names = await files.list(folder);
  const bases = names.map(baseOfName).filter((base) => base !== undefined);
  const known = (await loadCheckpoint(files, folder)) ?? fromNothing(folder, bases);
  const first = known.sealed[0]?.base ?? known.active.base;
  for (const base of bases) if (base < first) await removeSegment(files, folder, base);
  await checkSealed(place, known.sealed);

  const unread = bases.filter((base) => base >= known.active.base);
  if (unread[0] !== known.active.base) throw missing(`${folder}/${segmentName(known.active.base)}`);
  return replay(place, known, unread);
}

function fromNothing(folder: string, bases: readonly number[]): Checkpoint {
  const [base] = bases;
  if (base === undefined) throw missing(`${folder}/${segmentName(0)}`);
  return {
    start: base,
    sealed: [],
    active: empty(base),
    index: new SparseIndex(),
    producers: new Producers(),
  };
}

function empty(base: number): SegmentState {
  return { base, end: base, size: 0, maxTimestamp: -1 };
}

function missing(path: string): DamagedLog {
  return new DamagedLog(
    `${path} is missing. Restore the data folder from a copy, or start with an empty one.`,
  );
}

async function checkSealed({ files, folder }: Place, sealed: readonly SegmentState[]): Promise<void> {
  for (const { base, size } of sealed) {
    const path = `${folder}/${segmentName(base)}`;
    const file = await files.open(path, 'read').catch((error: unknown) => {
      throw isMissing(error) ? missing(path) : error;
    });
    const found = await file.size();
    await file.close();
    if (found !== size)
      throw damagedAt(path, Math.min(found, size), `it has ${found} bytes instead of ${size}`);
  }
}

/** Reads the files from the checkpoint on. All but the last were synced to their end before the next was made. */
async function replay(place: Place, known: Checkpoint, bases: readonly number[]): Promise<Recovered> {
  const { producers, start } = known;
  const sealed = [...known.sealed];
  let end = known.active.base;
  for (const [at, base] of bases.entries()) {
    const file = await place.files.open(`${place.folder}/${segmentName(base)}`, 'write');
    const [state, index] = at === 0 ? [known.active, known.index] : [empty(base), new SparseIndex()];
    const segment = new ActiveSegment(file, state, index);
    if (base < end)
      throw damagedAt(`${place.folder}/${segmentName(base)}`, 0, 'it overlaps the file before it');
    const last = at === bases.length - 1;
    const cutBytes = await replaySegment(place, segment, producers, last);
    if (last)
      return { start: Math.min(start, segment.now.end), sealed, active: segment, producers, cutBytes };
    await saveIndex(place.files, place.folder, segment);
    await file.close();
    sealed.push(segment.now);
    end = segment.now.end;
  }
  throw missing(place.folder);
}

async function replaySegment(place: Place, segment: ActiveSegment, producers: Producers, last: boolean) {
  const { file } = segment;
  const path = `${place.folder}/${segmentName(segment.base)}`;
  const to = await file.size();
  const from = segment.size;
  if (to < from) throw damagedAt(path, to, `it has lost ${from - to} bytes at its end`);
  const visit = (batch: Parameters<ActiveSegment['grow']>[0]) => {
    segment.grow(batch);
    producers.add(batch, batch.baseOffset);
  };
  const range = { from, to, expected: segment.now.end };
  const good = await scanBatches(file, range, { pool: place.pool, visit });
  if (good < to)
    await cutTornTail(
      file,
      { path, last, pool: place.pool },
      { ...range, from: good, expected: segment.now.end },
    );
  // After a kill the bytes may be in the system's cache only: nothing is shown before it is synced.
  if (to > from) await file.sync();
  return to - good;
}

async function cutTornTail(
  file: OpenFile,
  { path, last, pool }: { path: string; last: boolean; pool: BufferPool },
  range: { from: number; to: number; expected: number },
): Promise<void> {
  if (!last || (await hasCommitAfter(file, range, pool))) {
    throw damagedAt(path, range.from, 'the batch there is not whole, and later ones are');
  }
  await file.truncate(range.from);
}
