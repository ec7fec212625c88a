import { describe, expect, it, jest } from '@jest/globals';

import { FileSource } from './file.source.js';

const MEGABYTE = 1024 * 1024;
/** CI: more than 2 GB, in a process with a heap of 256 MB. */
const SIZE = Number(process.env.LARGE_FILE_MB ?? 300);

jest.setTimeout(600_000);

const post = (id: number) =>
  JSON.stringify({ id_str: String(id), text: 'x'.repeat(2_000), user: { id_str: '1' } });

/** A file of `megabytes` that never exists as a whole: an opening, the same posts over and over, an end. */
function endless(
  megabytes: number,
  [opening, separator, end]: readonly [string, string, string],
): FileSource {
  const some = Buffer.from(Array.from({ length: 500 }, (_, i) => `${post(i)}${separator}`).join(''));
  async function* chunks(): AsyncGenerator<Buffer> {
    yield Buffer.from(opening);
    for (let sent = 0; sent < megabytes * MEGABYTE; sent += some.length) yield Buffer.from(some);
    yield Buffer.from(`${post(500)}${end}`);
  }
  return new FileSource('endless', 1, () => Promise.resolve({ chunks: chunks(), consumed: () => 0 }));
}

const used = () => process.memoryUsage().arrayBuffers / MEGABYTE;

describe('a file of any size', () => {
  it.each([
    ['lines', ['', '\n', '\n']],
    ['an array', ['[', ',', ']']],
    ['a search answer', ['{"statuses":[', ',', '],"search_metadata":{}}']],
    ['rows of a database', ['{"rows":[{"doc":', '},{"doc":', '}]}']],
  ] as const)('is read in memory that does not grow with it: %s', async (_, shape) => {
    const before = used();
    let most = 0;
    let records = 0;
    for await (const batch of endless(SIZE, shape).records(-1, new AbortController().signal)) {
      records += batch.records.length;
      most = Math.max(most, used() - before);
    }
    expect(records).toBeGreaterThan((SIZE * MEGABYTE) / 2_200);
    expect(most).toBeLessThan(150);
  });
});
