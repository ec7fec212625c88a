import { HEADER_BYTES, batchBytes, lastOffsetOf, maxTimestampOf } from './batch.js';
import { type BufferPool } from './buffer-pool.js';
import { DamagedLog } from './damage.js';
import { type Readable } from './segment.js';

/** Whole batches out of a log. `release` gives their memory back; nothing may look at them afterwards. */
export interface Slice {
  readonly records: Buffer;
  /** Offset after the last batch, and where in the file that one would begin. */
  readonly nextOffset: number;
  readonly nextPosition: number;
  release(): void;
}

const WINDOW = 64 * 1024;
const LEAST = 4 * 1024;

type Wanted = (window: Buffer, at: number) => boolean;

export const holdsOffset =
  (offset: number): Wanted =>
  (window, at) =>
    lastOffsetOf(window, at) >= offset;

export const isAsLateAs =
  (timestamp: number): Wanted =>
  (window, at) =>
    maxTimestampOf(window, at) >= timestamp;

/** Goes from batch to batch by their headers. Returns the position of the first one wanted, or the segment's size. */
export async function locate(
  segment: Readable,
  from: number,
  wanted: Wanted,
  pool: BufferPool,
): Promise<number> {
  const window = pool.take(WINDOW);
  try {
    let position = from;
    while (position < segment.size) {
      const filled = await segment.file.read(window, Math.min(WINDOW, segment.size - position), position);
      let at = 0;
      while (at + HEADER_BYTES <= filled && !wanted(window, at)) at += checkedBytes(window, at);
      position += at;
      if (at === 0 || at + HEADER_BYTES <= filled) break;
    }
    return Math.min(position, segment.size);
  } finally {
    pool.give(window);
  }
}

/** Reads whole batches from a position where one begins: at most `maxBytes`, but always the first. */
export async function readBatches(
  segment: Readable,
  position: number,
  maxBytes: number,
  pool: BufferPool,
): Promise<Slice | undefined> {
  const left = segment.size - position;
  if (left < HEADER_BYTES) return undefined;
  const length = Math.min(Math.max(maxBytes, LEAST), left);
  const buffer = pool.take(length);
  try {
    const filled = await segment.file.read(buffer, length, position);
    const first = checkedBytes(buffer, 0);
    if (first <= filled) return cut(buffer, position, Math.max(first, Math.min(filled, maxBytes)), pool);
    if (first > left) throw unreadable(position);
  } catch (error) {
    pool.give(buffer);
    throw error;
  }
  const first = checkedBytes(buffer, 0);
  pool.give(buffer);
  return readBatches(segment, position, first, pool);
}

function cut(buffer: Buffer, position: number, length: number, pool: BufferPool): Slice {
  let end = 0;
  let nextOffset = 0;
  while (end + HEADER_BYTES <= length) {
    const bytes = checkedBytes(buffer, end);
    if (end + bytes > length) break;
    nextOffset = lastOffsetOf(buffer, end) + 1;
    end += bytes;
  }
  return {
    records: buffer.subarray(0, end),
    nextOffset,
    nextPosition: position + end,
    release: () => pool.give(buffer),
  };
}

function checkedBytes(source: Buffer, at: number): number {
  const bytes = batchBytes(source, at);
  if (bytes < HEADER_BYTES) throw unreadable(at);
  return bytes;
}

function unreadable(position: number): DamagedLog {
  return new DamagedLog(
    `A batch near byte ${position} of a segment cannot be read: the disk gave other bytes back.`,
  );
}
