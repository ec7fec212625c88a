import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { BlobMissingError } from './blob-store.js';
import { DirectoryBlobStore } from './directory-blob-store.js';

describe('a folder of blobs', () => {
  let folder: string;
  let store: DirectoryBlobStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmuration-blobs-'));
    store = new DirectoryBlobStore(join(folder, 'made', 'when needed'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what it took, with its length and hash', async () => {
    const content = Buffer.from('{"id":1}\n'.repeat(100_000));
    const pieces = Array.from({ length: 10 }, (_, i) => content.subarray(i * 90_000, (i + 1) * 90_000));
    const stored = await store.put(Readable.from(pieces));
    expect(stored).toEqual({
      blob: stored.blob,
      bytes: 900_000,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(await text(await store.open(stored.blob))).toBe(content.toString());
    expect(await store.size(stored.blob)).toBe(900_000);
  });

  it('gives a part of it', async () => {
    const { blob } = await store.put(Readable.from([Buffer.from('0123456789')]));
    expect(await text(await store.open(blob, { start: 2, end: 5 }))).toBe('234');
    expect(await text(await store.open(blob, { start: 7 }))).toBe('789');
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('half');
        throw new Error('cut');
      })(),
    );
    await expect(store.put(broken)).rejects.toThrow('cut');
    expect(await readdir(join(folder, 'made', 'when needed'))).toEqual([]);
  });

  it('forgets what is deleted, twice if need be', async () => {
    const { blob } = await store.put(Readable.from([Buffer.from('x')]));
    await store.delete(blob);
    await store.delete(blob);
    await expect(store.open(blob)).rejects.toThrow(BlobMissingError);
  });

  it('never reads outside its folder', async () => {
    await writeFile(join(folder, 'secret'), 'x');
    await expect(store.open('../../secret')).rejects.toThrow(BlobMissingError);
  });

  it('removes what a crash left behind, and no upload under way', async () => {
    const { blob } = await store.put(Readable.from([Buffer.from('x')]));
    const inside = join(folder, 'made', 'when needed');
    await writeFile(join(inside, 'old.part'), 'x');
    await utimes(join(inside, 'old.part'), new Date(0), new Date(0));
    await writeFile(join(inside, 'new.part'), 'x');
    expect(await store.removeLeftovers(new Date(), 60_000)).toBe(1);
    expect((await readdir(inside)).toSorted()).toEqual([blob, 'new.part'].toSorted());
  });
});
