import {
  HEADER_BYTES,
  type BatchHeader,
  batchBytes,
  beginsCommit,
  isBatchAt,
  readBatchHeader,
} from './batch.js';
import { type BufferPool } from './buffer-pool.js';
import { type OpenFile } from './files.js';

const WINDOW = 4 * 1024 * 1024;
const MAGIC_AT = 16;

export interface ScanRange {
  readonly from: number;
  readonly to: number;
  /** The lowest offset that the first batch may have. */
  readonly expected: number;
}

export interface Scan {
  readonly pool: BufferPool;
  readonly visit: (batch: BatchHeader) => void;
}

/** Visits whole, undamaged batches in order. Returns the position of the first byte that is none of them. */
export async function scanBatches(file: OpenFile, range: ScanRange, scan: Scan): Promise<number> {
  let at = range.from;
  let expected = range.expected;
  let want = WINDOW;
  while (at < range.to) {
    const length = Math.min(want, range.to - at);
    const window = scan.pool.take(length);
    const filled = await file.read(window, length, at);
    const walked = walk(window, filled, expected, scan.visit);
    const claimed = filled - walked.at >= HEADER_BYTES ? batchBytes(window, walked.at) : HEADER_BYTES;
    scan.pool.give(window);
    at += walked.at;
    expected = walked.expected;
    const cutOff = walked.at + claimed > filled && at + claimed <= range.to;
    if (!cutOff || filled < length) break;
    want = Math.max(WINDOW, claimed);
  }
  return at;
}

function walk(window: Buffer, filled: number, lowest: number, visit: (batch: BatchHeader) => void) {
  let at = 0;
  let expected = lowest;
  while (isBatchAt(window, at, filled)) {
    const batch = readBatchHeader(window, at);
    if (batch.baseOffset < expected) break;
    visit(batch);
    expected = batch.lastOffset + 1;
    at += batch.bytes;
  }
  return { at, expected };
}

/** No offset in a damaged stretch can be further ahead than this. */
const OFFSETS_AHEAD = 2 ** 32;

/**
 * Looks behind a place that cannot be read for a batch that began a commit. There is one: what lies in front of it had
 * been synced and acknowledged, so this is damage. There is none: a write was cut off, which nobody was told of.
 */
export async function hasCommitAfter(file: OpenFile, range: ScanRange, pool: BufferPool): Promise<boolean> {
  let at = range.from + 1;
  while (at < range.to) {
    const length = Math.min(WINDOW, range.to - at);
    const window = pool.take(length);
    const filled = await file.read(window, length, at);
    const candidates = candidatesIn(window.subarray(0, filled), range.expected);
    pool.give(window);
    for (const candidate of candidates) {
      if (await isWhole(file, { ...range, from: at + candidate }, pool)) return true;
    }
    if (at + filled >= range.to || filled <= HEADER_BYTES) break;
    // Windows overlap by a header, so that no candidate is missed between them.
    at += filled - HEADER_BYTES;
  }
  return false;
}

function candidatesIn(window: Buffer, expected: number): number[] {
  const found: number[] = [];
  for (let magic = window.indexOf(2, MAGIC_AT); magic >= 0; magic = window.indexOf(2, magic + 1)) {
    const at = magic - MAGIC_AT;
    if (at + HEADER_BYTES > window.length) break;
    if (!beginsCommit(window, at)) continue;
    const { baseOffset } = readBatchHeader(window, at);
    if (baseOffset >= expected && baseOffset < expected + OFFSETS_AHEAD) found.push(at);
  }
  return found;
}

async function isWhole(file: OpenFile, range: ScanRange, pool: BufferPool): Promise<boolean> {
  const header = pool.take(HEADER_BYTES);
  await file.read(header, HEADER_BYTES, range.from);
  const bytes = batchBytes(header, 0);
  pool.give(header);
  if (bytes < HEADER_BYTES || range.from + bytes > range.to) return false;
  const batch = pool.take(bytes);
  const filled = await file.read(batch, bytes, range.from);
  const whole = isBatchAt(batch, 0, filled);
  pool.give(batch);
  return whole;
}
