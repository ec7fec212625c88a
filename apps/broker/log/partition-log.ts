import { type BufferPool } from './buffer-pool.js';
import { saveCheckpoint } from './checkpoint.js';
import { type Files, isOutOfSpace } from './files.js';
import { type OpenSegments } from './open-segments.js';
import { type Appended, type Plan, planWrite } from './plan.js';
import { type Producers } from './producers.js';
import { ReadHints } from './read-hints.js';
import { type Slice, holdsOffset, isAsLateAs, locate, readBatches } from './read.js';
import { type Recovered, createLogFolder, recover } from './recovery.js';
import { type Retention, countExpired, isTooOld } from './retention.js';
import {
  ActiveSegment,
  type Readable,
  SealedSegment,
  removeSegment,
  saveIndex,
  segmentName,
} from './segment.js';

/** What all logs of a broker share. */
export interface LogHouse {
  readonly files: Files;
  readonly pool: BufferPool;
  readonly openSegments: OpenSegments;
  /** A segment is closed before it grows beyond this. */
  readonly segmentBytes: number;
  /** What may have to be scanned again after a crash. */
  readonly checkpointBytes: number;
  /** The disk failed in a way after which nobody knows what is on it. The process has to end. */
  readonly fail: (error: unknown) => void;
}

/** Taken into one write at most, so that a commit stays short; and never more than a segment holds. */
const MAX_WRITE = 32 * 1024 * 1024;

/** The topic was deleted, or the broker is stopping. */
export class LogClosed extends Error {
  override readonly name = 'LogClosed';
}

interface Waiting {
  readonly batch: Buffer;
  readonly resolve: (outcome: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One partition on disk. Appends wait for their group's sync; neither the answer to them nor any reader sees more than
 * what is synced (`end`). Changes go one after the other; reads go beside them.
 */
export class PartitionLog {
  #start: number;
  #end: number;
  #active: ActiveSegment;
  #sealed: SealedSegment[];
  #sinceCheckpoint = 0;
  #waiting: Waiting[] = [];
  #committing = false;
  #turn: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  readonly #hints = new ReadHints();
  readonly #watchers = new Set<(bytes: number) => void>();
  readonly #producers: Producers;

  private constructor(
    private readonly house: LogHouse,
    readonly folder: string,
    recovered: Recovered,
  ) {
    this.#start = recovered.start;
    this.#active = recovered.active;
    this.#end = recovered.active.now.end;
    this.#producers = recovered.producers;
    this.#sealed = recovered.sealed.map((state) => this.#sealedSegment(state));
  }

  static async create(house: LogHouse, folder: string): Promise<void> {
    await createLogFolder(house.files, folder);
  }

  /** @throws DamagedLog where acknowledged records cannot be read. */
  static async open(house: LogHouse, folder: string): Promise<PartitionLog> {
    const recovered = await recover({ files: house.files, folder, pool: house.pool });
    return new PartitionLog(house, folder, recovered);
  }

  /** The first offset that can be read. */
  get start(): number {
    return this.#start;
  }

  /** The high watermark: one more than the last offset that is synced. */
  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#sealed.reduce((sum, { state }) => sum + state.size, this.#active.size);
  }

  /** Told of the bytes of each commit. Returns how to stop that. */
  watch(watcher: (bytes: number) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Stores one valid batch; its offset is patched in place, and its bytes must stay untouched until this resolves.
   * Rejects only when the disk failed, or with LogClosed.
   */
  append(batch: Buffer): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (!this.#committing) void this.#commitAll();
    });
  }

  /**
   * Whole batches from the one that holds `offset` on; undefined at the end of the log. The caller has checked that
   * the offset lies between `start` and `end`.
   */
  async read(offset: number, maxBytes: number): Promise<Slice | undefined> {
    if (offset >= this.#end) return undefined;
    for (const segment of this.#sealed) {
      if (segment.state.end <= offset) continue;
      this.house.openSegments.touch(segment);
      const slice = await segment.use((readable) =>
        this.#readIn(readable, segment.state.base, { offset, maxBytes }),
      );
      // Nothing there only where compaction emptied the rest of the segment: the next one goes on.
      if (slice) return slice;
    }
    const active = this.#active;
    return active.use((readable) => this.#readIn(readable, active.base, { offset, maxBytes }));
  }

  /** The first batch with a record as late as `timestamp`, or undefined. */
  async readByTime(timestamp: number): Promise<Slice | undefined> {
    const find = async (readable: Readable) => {
      const from = readable.index.atOrBeforeTime(timestamp);
      const position = await locate(readable, from, isAsLateAs(timestamp), this.house.pool);
      return readBatches(readable, position, 1, this.house.pool);
    };
    for (const segment of this.#sealed) {
      if (segment.state.maxTimestamp < timestamp || segment.state.end <= this.#start) continue;
      this.house.openSegments.touch(segment);
      return segment.use(find);
    }
    return this.#active.use(find);
  }

  /** Deletes all below an offset, and the files that hold nothing else. Durable when it resolves. */
  deleteBefore(offset: number): Promise<void> {
    return this.#change(async () => {
      if (offset <= this.#start) return;
      if (offset === this.#end && this.#active.size > 0) await this.#roll();
      const kept = this.#sealed.filter(({ state }) => state.end > offset);
      await this.#cutStart(offset, kept);
    });
  }

  /** Goes on in a new segment, so that what is in front of it can be deleted. */
  startSegment(): Promise<void> {
    return this.#change(async () => {
      if (this.#active.size > 0) await this.#roll();
    });
  }

  /** Deletes segments whose youngest record is too old, or which are too much. */
  applyRetention(now: number, retention: Retention): Promise<void> {
    return this.#change(async () => {
      if (this.#active.size > 0 && isTooOld(this.#active.now, now, retention)) await this.#roll();
      const states = this.#sealed.map(({ state }) => state);
      const count = countExpired(states, this.bytes, now, retention);
      const last = states[count - 1];
      if (last) await this.#cutStart(Math.max(this.#start, last.end), this.#sealed.slice(count));
    });
  }

  /** Waits for what is being written, and leaves a checkpoint, so that the next start scans nothing. */
  async close(): Promise<void> {
    await this.#exclusively(async () => {
      if (this.#failure) return;
      if (this.#sinceCheckpoint > 0) await this.#checkpointIfRoom();
      await this.#closeFiles();
    });
  }

  /** Closes and deletes all files. */
  async destroy(): Promise<void> {
    await this.#exclusively(() => this.#closeFiles());
    await this.house.files.remove(this.folder);
  }

  async #closeFiles(): Promise<void> {
    this.#failure ??= { error: new LogClosed(`${this.folder} is closed.`) };
    for (const segment of this.#sealed) {
      this.house.openSegments.forget(segment);
      await segment.close();
    }
    await this.#active.close();
  }

  async #commitAll(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) await this.#exclusively(() => this.#commit(this.#takeWaiting()));
    this.#committing = false;
  }

  #takeWaiting(): Waiting[] {
    const limit = Math.min(MAX_WRITE, this.house.segmentBytes);
    let bytes = 0;
    const beyond = this.#waiting.findIndex(({ batch }, at) => (bytes += batch.length) > limit && at > 0);
    if (beyond < 0) return this.#waiting.splice(0);
    return this.#waiting.splice(0, beyond);
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const plan = planWrite(
        group.map(({ batch }) => batch),
        this.#end,
        this.#producers,
      );
      const written = plan.batches.length === 0 || (await this.#write(plan));
      for (const [at, { resolve }] of group.entries()) {
        resolve((written && plan.outcomes[at]) || { kind: 'no space' });
      }
      if (this.#sinceCheckpoint >= this.house.checkpointBytes) await this.#checkpointIfRoom();
    } catch (error) {
      this.#fail(error);
      for (const { reject } of group) reject(error);
    }
  }

  /** False where the disk is full: then the log is as it was before. */
  async #write(plan: Plan): Promise<boolean> {
    if (this.#failure) throw this.#failure.error;
    const full = this.#active.size > 0 && this.#active.size + plan.bytes > this.house.segmentBytes;
    if (full && !(await this.#unlessFull(() => this.#roll()))) return false;
    const { file, size } = this.#active;
    const buffers = plan.batches.map(({ bytes }) => bytes);
    if (!(await this.#unlessFull(() => file.write(buffers, size)))) {
      await file.truncate(size);
      return false;
    }
    await file.sync();
    for (const { header } of plan.batches) this.#active.grow(header);
    this.#producers.adopt(plan.layer);
    this.#sinceCheckpoint += plan.bytes;
    this.#end = this.#active.now.end;
    for (const watcher of this.#watchers) watcher(plan.bytes);
    return true;
  }

  async #unlessFull(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      if (isOutOfSpace(error)) return false;
      throw error;
    }
  }

  /** Order matters: a checkpoint must never name a file that a power cut could take away. */
  async #roll(): Promise<void> {
    const { files } = this.house;
    const full = this.#active;
    const { end } = full.now;
    const path = `${this.folder}/${segmentName(end)}`;
    await saveIndex(files, this.folder, full);
    await files.remove(path); // Left by a roll for which the disk had no room.
    const file = await files.open(path, 'create');
    await files.syncFolder(this.folder);
    this.#active = new ActiveSegment(file, { base: end, end, size: 0, maxTimestamp: -1 });
    this.#sealed.push(this.#sealedSegment(full.now));
    await full.close();
    await this.#checkpointIfRoom();
  }

  /** Without a newer checkpoint the next start only has more to scan, so it may wait until there is room. */
  async #checkpointIfRoom(): Promise<void> {
    await this.#unlessFull(() => this.#checkpoint());
  }

  async #checkpoint(): Promise<void> {
    await saveCheckpoint(this.house.files, this.folder, {
      start: this.#start,
      sealed: this.#sealed.map(({ state }) => state),
      active: this.#active,
      producers: this.#producers,
    });
    this.#sinceCheckpoint = 0;
  }

  async #cutStart(start: number, kept: SealedSegment[]): Promise<void> {
    const before = { start: this.#start, sealed: this.#sealed };
    this.#start = start;
    this.#sealed = kept;
    try {
      // First the checkpoint: a file that it does not name is removed at the next start, should this one not come to it.
      await this.#checkpoint();
    } catch (error) {
      this.#start = before.start;
      this.#sealed = before.sealed;
      throw error;
    }
    for (const segment of before.sealed) {
      if (kept.includes(segment)) continue;
      this.house.openSegments.forget(segment);
      await segment.close();
      await removeSegment(this.house.files, this.folder, segment.state.base);
    }
  }

  async #readIn(readable: Readable, base: number, want: { offset: number; maxBytes: number }) {
    const { pool } = this.house;
    const { offset, maxBytes } = want;
    const position =
      this.#hints.find(offset, base) ??
      (await locate(readable, readable.index.atOrBefore(offset), holdsOffset(offset), pool));
    const slice = await readBatches(readable, position, maxBytes, pool);
    if (slice) this.#hints.remember(slice.nextOffset, { base, position: slice.nextPosition });
    return slice;
  }

  #sealedSegment(state: SealedSegment['state']): SealedSegment {
    const { files, pool } = this.house;
    return new SealedSegment(state, { files, folder: this.folder, pool });
  }

  /** A full disk is the caller's to tell of; any other failure ends the process. */
  #change(action: () => Promise<void>): Promise<void> {
    return this.#exclusively(async () => {
      try {
        await action();
      } catch (error) {
        if (!isOutOfSpace(error)) this.#fail(error);
        throw error;
      }
    });
  }

  #exclusively<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(action);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    this.house.fail(error);
  }
}
