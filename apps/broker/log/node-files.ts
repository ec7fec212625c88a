import * as fs from 'node:fs';
import { mkdir, open as openHandle, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

import { type Files, type OpenFile, isMissing } from './files.js';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;
const FLAGS = { create: O_RDWR | O_CREAT | O_EXCL, write: O_RDWR, read: O_RDONLY };

// The callback functions under promisify cost half of what FileHandle's methods do, and they are on the hot path.
const open = promisify(fs.open);
const stat = promisify(fs.fstat);
const sync = promisify(fs.fdatasync);
const truncate = promisify(fs.ftruncate);
const close = promisify(fs.close);

function readSome(fd: number, into: Buffer, span: { from: number; length: number; position: number }) {
  return new Promise<number>((resolve, reject) => {
    fs.read(fd, into, span.from, span.length, span.position, (error, count) =>
      error ? reject(error) : resolve(count),
    );
  });
}

function writeSome(fd: number, buffers: readonly Buffer[], position: number) {
  return new Promise<number>((resolve, reject) => {
    fs.writev(fd, buffers, position, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

/** What is left of the buffers after the first `count` bytes. */
function rest(buffers: readonly Buffer[], count: number): Buffer[] {
  let skip = count;
  const left: Buffer[] = [];
  for (const buffer of buffers) {
    if (skip < buffer.length) left.push(buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.length);
  }
  return left;
}

class NodeFile implements OpenFile {
  constructor(private readonly fd: number) {}

  async size(): Promise<number> {
    return (await stat(this.fd)).size;
  }

  async read(into: Buffer, length: number, position: number): Promise<number> {
    let from = 0;
    while (from < length) {
      const count = await readSome(this.fd, into, { from, length: length - from, position: position + from });
      if (count === 0) break;
      from += count;
    }
    return from;
  }

  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    let left = buffers;
    let at = position;
    while (left.length > 0) {
      const count = await writeSome(this.fd, left, at);
      at += count;
      left = rest(left, count);
    }
  }

  async sync(): Promise<void> {
    await sync(this.fd);
  }

  async truncate(size: number): Promise<void> {
    await truncate(this.fd, size);
  }

  async close(): Promise<void> {
    await close(this.fd);
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await openHandle(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The disk of this machine. */
export const nodeFiles: Files = {
  async open(path, mode) {
    return new NodeFile(await open(path, FLAGS[mode], 0o640));
  },
  async list(folder) {
    try {
      return (await readdir(folder)).toSorted();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    // The names of all that was made have to outlive a power cut, or nothing below them does.
    const top = dirname(first);
    for (let above = dirname(resolve(path)); above.length >= top.length; above = dirname(above)) {
      await syncFolder(above);
      if (above === top) break;
    }
  },
  rename,
  async remove(path) {
    await rm(path, { recursive: true, force: true });
  },
  syncFolder,
};
