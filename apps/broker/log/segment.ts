import { crc32c } from '@node-rs/crc32';

import { type BatchHeader } from './batch.js';
import { type BufferPool } from './buffer-pool.js';
import { type Files, type OpenFile, readWhole, replaceFile } from './files.js';
import { Readers } from './readers.js';
import { scanBatches } from './scan.js';
import { SparseIndex } from './sparse-index.js';

export interface SegmentState {
  /** First offset it may hold; its file is named after it. */
  readonly base: number;
  /** The offset after its last record. */
  readonly end: number;
  /** Bytes that are synced. */
  readonly size: number;
  /** Of its records; -1 where it has none. */
  readonly maxTimestamp: number;
}

const DIGITS = 20;
const SUFFIX = '.log';

export function segmentName(base: number): string {
  return `${String(base).padStart(DIGITS, '0')}${SUFFIX}`;
}

/** The base offset that a file name tells, or undefined for any other file. */
export function baseOfName(name: string): number | undefined {
  return name.length === DIGITS + SUFFIX.length && name.endsWith(SUFFIX)
    ? Number(name.slice(0, DIGITS))
    : undefined;
}

function indexName(base: number): string {
  return segmentName(base).replace(SUFFIX, '.index');
}

/** The segment that is written to: its index is in memory and grows with it. */
export class ActiveSegment {
  #end: number;
  #size: number;
  #maxTimestamp: number;
  readonly #readers = new Readers();

  constructor(
    readonly file: OpenFile,
    readonly state: SegmentState,
    readonly index: SparseIndex = new SparseIndex(),
  ) {
    this.#end = state.end;
    this.#size = state.size;
    this.#maxTimestamp = state.maxTimestamp;
  }

  get base(): number {
    return this.state.base;
  }

  get size(): number {
    return this.#size;
  }

  get now(): SegmentState {
    return { base: this.base, end: this.#end, size: this.#size, maxTimestamp: this.#maxTimestamp };
  }

  /** Counts a batch that lies at the end of the file and is synced. */
  grow(batch: BatchHeader): void {
    this.index.add(batch.baseOffset, this.#size, this.#maxTimestamp);
    this.#end = batch.lastOffset + 1;
    this.#maxTimestamp = Math.max(this.#maxTimestamp, batch.maxTimestamp);
    this.#size += batch.bytes;
  }

  use<T>(action: (readable: Readable) => Promise<T>): Promise<T> {
    return this.#readers.during(() => action(this));
  }

  /** Lets go of the file as soon as nobody reads it. */
  async close(): Promise<void> {
    await this.#readers.whenIdle(() => this.file.close());
  }
}

/** A file that may be read, and where its batches lie. */
export interface Readable {
  readonly file: OpenFile;
  readonly index: SparseIndex;
  readonly size: number;
}

interface Opened {
  readonly file: OpenFile;
  readonly index: SparseIndex;
}

/** A segment that is full. Its file and index are opened when someone reads it, and closed when others are read more. */
export class SealedSegment {
  #opened: Promise<Opened> | undefined;
  readonly #readers = new Readers();

  constructor(
    readonly state: SegmentState,
    private readonly place: { readonly files: Files; readonly folder: string; readonly pool: BufferPool },
  ) {}

  get idle(): boolean {
    return this.#readers.idle;
  }

  use<T>(action: (readable: Readable) => Promise<T>): Promise<T> {
    return this.#readers.during(async () => {
      this.#opened ??= this.#open();
      try {
        return await action({ ...(await this.#opened), size: this.state.size });
      } catch (error) {
        // A file that could not be opened or read is opened anew the next time.
        await this.close();
        throw error;
      }
    });
  }

  /** Lets go of the file as soon as nobody reads it. */
  async close(): Promise<void> {
    await this.#readers.whenIdle(async () => {
      const opened = this.#opened;
      this.#opened = undefined;
      const settled = await opened?.catch(() => undefined);
      await settled?.file.close();
    });
  }

  async #open(): Promise<Opened> {
    const { files, folder } = this.place;
    const file = await files.open(`${folder}/${segmentName(this.state.base)}`, 'read');
    const index = (await loadIndex(files, folder, this.state.base)) ?? (await this.#rebuild(file));
    return { file, index };
  }

  async #rebuild(file: OpenFile): Promise<SparseIndex> {
    const segment = new ActiveSegment(file, {
      ...this.state,
      size: 0,
      end: this.state.base,
      maxTimestamp: -1,
    });
    const range = { from: 0, to: this.state.size, expected: this.state.base };
    await scanBatches(file, range, { pool: this.place.pool, visit: (batch) => segment.grow(batch) });
    await saveIndex(this.place.files, this.place.folder, segment);
    return segment.index;
  }
}

export async function saveIndex(files: Files, folder: string, segment: ActiveSegment): Promise<void> {
  const numbers = Float64Array.from(segment.index.flat);
  const body = Buffer.from(numbers.buffer);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32c(body));
  await replaceFile(files, folder, indexName(segment.base), Buffer.concat([body, sum]));
}

async function loadIndex(files: Files, folder: string, base: number): Promise<SparseIndex | undefined> {
  const content = await readWhole(files, `${folder}/${indexName(base)}`);
  if (!content || content.length % 8 !== 4) return undefined;
  const body = content.subarray(0, -4);
  if (crc32c(body) !== content.readUInt32BE(body.length)) return undefined;
  return new SparseIndex(Array.from({ length: body.length / 8 }, (_, at) => body.readDoubleLE(at * 8)));
}

export async function removeSegment(files: Files, folder: string, base: number): Promise<void> {
  await files.remove(`${folder}/${indexName(base)}`);
  await files.remove(`${folder}/${segmentName(base)}`);
}
