import { crc32c } from '@node-rs/crc32';

import { type Files, readWhole, replaceFile } from './files.js';
import { Producers } from './producers.js';
import { type ActiveSegment, type SegmentState } from './segment.js';
import { SparseIndex } from './sparse-index.js';

/**
 * What recovery need not read again: everything below `active.size` was synced and checked when this was written. Without
 * it (or with a damaged one) the whole partition is scanned; only its start offset then falls back to the first file's.
 */
export interface Checkpoint {
  /** Records below are deleted. */
  readonly start: number;
  readonly sealed: readonly SegmentState[];
  readonly active: SegmentState;
  readonly index: SparseIndex;
  readonly producers: Producers;
}

const NAME = 'checkpoint';

interface Stored {
  readonly start: number;
  readonly sealed: readonly SegmentState[];
  readonly active: SegmentState;
  readonly index: number[];
  readonly producers: ReturnType<Producers['snapshot']>;
}

export interface CheckpointSource {
  readonly start: number;
  readonly sealed: readonly SegmentState[];
  readonly active: ActiveSegment;
  readonly producers: Producers;
}

export async function saveCheckpoint(files: Files, folder: string, source: CheckpointSource): Promise<void> {
  const stored: Stored = {
    start: source.start,
    sealed: source.sealed,
    active: source.active.now,
    index: [...source.active.index.flat],
    producers: source.producers.snapshot(),
  };
  const body = JSON.stringify(stored);
  await replaceFile(files, folder, NAME, Buffer.from(`${crc32c(body)}\n${body}\n`));
}

export async function loadCheckpoint(files: Files, folder: string): Promise<Checkpoint | undefined> {
  const content = (await readWhole(files, `${folder}/${NAME}`))?.toString('utf8');
  const [sum, body] = content?.split('\n') ?? [];
  if (body === undefined || Number(sum) !== crc32c(body)) return undefined;
  // The checksum holds, so these are our own bytes.
  const stored = JSON.parse(body) as Stored;
  return {
    start: stored.start,
    sealed: stored.sealed,
    active: stored.active,
    index: new SparseIndex(stored.index),
    producers: Producers.restore(stored.producers),
  };
}
