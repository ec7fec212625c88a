import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable } from 'node:stream';

import { BlobMissingError, type BlobStore, type ByteRange, type StoredBlob } from './blob-store.js';

const TEMPORARY = '.part';
const NAME = /^[0-9a-f-]{36}$/;

/** A folder with one file for each blob, named by a random id. */
export class DirectoryBlobStore implements BlobStore {
  constructor(
    private readonly folder: string,
    private readonly name: () => string = randomUUID,
  ) {}

  async put(content: Readable): Promise<StoredBlob> {
    await mkdir(this.folder, { recursive: true });
    const blob = this.name();
    const temporary = join(this.folder, `${blob}${TEMPORARY}`);
    try {
      const written = await writeSynced(temporary, content);
      await rename(temporary, this.path(blob));
      // Without this the name itself may be gone after a power failure.
      await syncFolder(this.folder);
      return { blob, ...written };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async open(blob: string, range?: ByteRange): Promise<Readable> {
    await this.size(blob);
    if (range?.end !== undefined && range.end <= range.start) throw new RangeError('the range is empty');
    // Node's `end` is inclusive.
    const end = range?.end === undefined ? undefined : range.end - 1;
    return createReadStream(this.path(blob), { start: range?.start ?? 0, ...(end !== undefined && { end }) });
  }

  async size(blob: string): Promise<number> {
    try {
      return (await stat(this.path(blob))).size;
    } catch (error) {
      if (isNotFound(error)) throw new BlobMissingError(blob);
      throw error;
    }
  }

  async delete(blob: string): Promise<void> {
    await rm(this.path(blob), { force: true });
  }

  path(blob: string): string {
    // Names come back from the log: none of them may lead out of the folder.
    if (!NAME.test(blob)) throw new BlobMissingError(blob);
    return join(this.folder, blob);
  }

  /** Removes what a crash left of uploads that had begun more than `age` ms before `now`. */
  async removeLeftovers(now: Date, age: number): Promise<number> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isNotFound(error)) return [];
      throw error;
    });
    let removed = 0;
    for (const name of names.filter((each) => each.endsWith(TEMPORARY))) {
      const path = join(this.folder, name);
      const { mtimeMs } = await stat(path);
      if (now.getTime() - mtimeMs < age) continue;
      await unlink(path);
      removed += 1;
    }
    return removed;
  }
}

async function writeSynced(path: string, content: Readable): Promise<Omit<StoredBlob, 'blob'>> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  try {
    let bytes = 0;
    for await (const chunk of content as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await writeWhole(file, chunk);
      bytes += chunk.length;
    }
    await file.datasync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

async function writeWhole(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isNotFound = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
