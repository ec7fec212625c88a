import { type Files, type OpenFile } from './files.js';

/** What a disk with a cache does to data when the power goes: the smallest unit that is there whole or not at all. */
const SECTOR = 4096;

/** Uniform in [0, 1). */
export type Random = () => number;

/** A small seeded generator (mulberry32): the same seed, the same power cut. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The machine is off: nothing that was asked of the disk before ends well any more. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

class DiskError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

interface Change {
  readonly position: number;
  /** null: cut the file here. */
  readonly bytes: Buffer | null;
}

/** A file's content as programs see it, as the platter has it, and the changes between the two. */
class Content {
  live: Buffer = Buffer.alloc(0);
  durable: Buffer = Buffer.alloc(0);
  pending: Change[] = [];

  change(change: Change): void {
    this.live = applied(this.live, change);
    this.pending.push(change);
  }

  sync(): void {
    this.durable = this.live;
    this.pending = [];
  }

  /** Each sector of each change has reached the platter, or has not. */
  lose(random: Random): void {
    const survival = [0, 0.5, 0.9, 1][Math.floor(random() * 4)] ?? 0;
    for (const { position, bytes } of this.pending) {
      if (!bytes) {
        if (random() < survival) this.durable = applied(this.durable, { position, bytes });
        continue;
      }
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + SECTOR - ((position + at) % SECTOR));
        const part = { position: position + at, bytes: bytes.subarray(at, end) };
        if (random() < survival) this.durable = applied(this.durable, part);
        at = end;
      }
    }
    this.live = this.durable;
    this.pending = [];
  }
}

function applied(content: Buffer, { position, bytes }: Change): Buffer {
  if (!bytes) return Buffer.concat([content], position);
  const result = Buffer.alloc(Math.max(content.length, position + bytes.length));
  content.copy(result);
  bytes.copy(result, position);
  return result;
}

class Folder {
  live = new Map<string, Content | Folder>();
  durable = new Map<string, Content | Folder>();
  pending: ((entries: Map<string, Content | Folder>) => void)[] = [];

  change(change: (entries: Map<string, Content | Folder>) => void): void {
    change(this.live);
    this.pending.push(change);
  }

  sync(): void {
    this.durable = new Map(this.live);
    this.pending = [];
  }

  /** Changes of names reach the platter in their order, but nobody knows how many have. */
  lose(random: Random): void {
    const count = Math.floor(random() * (this.pending.length + 1));
    for (const change of this.pending.slice(0, count)) change(this.durable);
    this.live = new Map(this.durable);
    this.pending = [];
    for (const entry of this.live.values()) entry.lose(random);
  }
}

/**
 * A disk in memory that loses what was not synced when its power is cut: whole writes, single sectors of them, and names in
 * folders. For tests; each start of a program gets a session of its own, which a cut ends.
 */
export class VolatileDisk {
  readonly #root = new Folder();
  #life = 0;
  #operationsLeft = Infinity;
  #end: 'cut' | 'kill' = 'cut';
  #freeBytes = Infinity;

  constructor(private readonly random: Random) {}

  /** The power goes, or the program is killed, in the middle of the operation after so many. */
  endAfter(operations: number, end: 'cut' | 'kill'): void {
    this.#operationsLeft = operations;
    this.#end = end;
  }

  /** Room for data that is not there yet; then writes fail with ENOSPC, half done. */
  limit(bytes: number): void {
    this.#freeBytes = bytes;
  }

  cut(): void {
    this.kill();
    this.#root.lose(this.random);
  }

  /** Ends the program, but not the machine: what it wrote is still in the system's cache, synced or not. */
  kill(): void {
    this.#life += 1;
    this.#operationsLeft = Infinity;
  }

  session(): Files {
    const life = this.#life;
    const step = <T>(action: () => T): Promise<T> => this.#step(life, action);
    return {
      open: (path, mode) => step(() => this.#open(path, mode, step)),
      list: (folder) => step(() => [...(this.#folder(folder)?.live.keys() ?? [])].toSorted()),
      makeFolder: (path) => step(() => this.#makeFolder(path)),
      rename: (from, to) => step(() => this.#rename(from, to)),
      remove: (path) =>
        step(() => {
          const { folder, name } = this.#parent(path);
          if (folder?.live.has(name)) folder.change((entries) => entries.delete(name));
        }),
      syncFolder: (path) => step(() => this.#need(this.#folder(path)).sync()),
    };
  }

  /** Flips one bit on the platter. */
  spoil(path: string, position: number): void {
    const content = this.#find(path);
    if (!(content instanceof Content)) throw new DiskError('ENOENT');
    const spoiled = Buffer.from(content.live);
    spoiled.writeUInt8(spoiled.readUInt8(position) ^ 1, position);
    content.live = spoiled;
    content.durable = spoiled;
  }

  async #step<T>(life: number, action: () => T): Promise<T> {
    const waits = Math.floor(this.random() * 3);
    for (let wait = 0; wait < waits; wait += 1) await new Promise(setImmediate);
    if (life === this.#life && this.#operationsLeft-- <= 0) this[this.#end]();
    if (life !== this.#life) throw new PowerCut('The power is off.');
    return action();
  }

  #open(path: string, mode: 'create' | 'write' | 'read', step: <T>(action: () => T) => Promise<T>): OpenFile {
    const { folder, name } = this.#parent(path);
    const found = folder?.live.get(name);
    if (mode === 'create') {
      if (found) throw new DiskError('EEXIST');
      const content = new Content();
      this.#need(folder).change((entries) => entries.set(name, content));
      return this.#handle(content, step);
    }
    if (!(found instanceof Content)) throw new DiskError('ENOENT');
    return this.#handle(found, step);
  }

  #handle(content: Content, step: <T>(action: () => T) => Promise<T>): OpenFile {
    return {
      size: () => step(() => content.live.length),
      read: (into, length, position) =>
        step(() => content.live.copy(into, 0, Math.min(position, content.live.length), position + length)),
      write: (buffers, position) =>
        step(() => {
          const bytes = Buffer.concat(buffers);
          const room = Math.min(bytes.length, this.#freeBytes);
          this.#freeBytes -= room;
          if (room > 0) content.change({ position, bytes: bytes.subarray(0, room) });
          if (room < bytes.length) throw new DiskError('ENOSPC');
        }),
      sync: () => step(() => content.sync()),
      truncate: (size) => step(() => content.change({ position: size, bytes: null })),
      close: () => step(() => undefined),
    };
  }

  #makeFolder(path: string): void {
    let folder = this.#root;
    for (const name of partsOf(path)) {
      let next = folder.live.get(name);
      if (!(next instanceof Folder)) {
        const made = new Folder();
        folder.change((entries) => entries.set(name, made));
        next = made;
      }
      folder = next;
    }
  }

  #rename(from: string, to: string): void {
    const { folder, name } = this.#parent(from);
    const target = this.#parent(to).name;
    const entry = folder?.live.get(name);
    if (!folder || !entry) throw new DiskError('ENOENT');
    folder.change((entries) => {
      entries.delete(name);
      entries.set(target, entry);
    });
  }

  #parent(path: string): { folder: Folder | undefined; name: string } {
    const parts = partsOf(path);
    return { folder: this.#folder(parts.slice(0, -1).join('/')), name: parts.at(-1) ?? '' };
  }

  #folder(path: string): Folder | undefined {
    const found = this.#find(path);
    return found instanceof Folder ? found : undefined;
  }

  #find(path: string): Content | Folder | undefined {
    let entry: Content | Folder | undefined = this.#root;
    for (const name of partsOf(path)) entry = entry instanceof Folder ? entry.live.get(name) : undefined;
    return entry;
  }

  #need(folder: Folder | undefined): Folder {
    if (!folder) throw new DiskError('ENOENT');
    return folder;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
