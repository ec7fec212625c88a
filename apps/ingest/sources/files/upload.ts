import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import type { Source } from '../source.js';
import { FileSource, type Opened } from './file.source.js';
import type { HandedOver } from './handed-over.js';
import { zipSources } from './zip.js';

const CHUNK = 1024 * 1024;

/**
 * The sources of an upload: files in byte order of their names, an archive as its members in byte order of their paths.
 * Formats are told by content, never by name. The same files give the same sources.
 */
export async function* openUpload(
  files: readonly HandedOver[],
  signal?: AbortSignal,
): AsyncGenerator<Source> {
  for (const file of files.toSorted((a, b) => byBytes(a.name, b.name))) {
    signal?.throwIfAborted();
    if (await isZip(file.path)) yield* await zipSources(file);
    else yield new FileSource(file.name, file.bytes, () => Promise.resolve(readFile(file.path)));
  }
}

export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    return start === 'PK\x03\x04' || start === 'PK\x05\x06';
  } finally {
    await file.close();
  }
}

function readFile(path: string): Opened {
  const chunks = createReadStream(path, { highWaterMark: CHUNK });
  return { chunks, consumed: () => chunks.bytesRead };
}
