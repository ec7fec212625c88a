import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const CHUNK = 1024 * 1024;

/**
 * The first bytes of a stream, at least `count` if it has so many, and the whole stream. A fault behind the first byte
 * is thrown where it lies in the whole.
 */
export async function peek(
  chunks: AsyncIterable<Buffer>,
  count: number,
): Promise<{ head: Buffer; whole: AsyncIterable<Buffer> }> {
  const rest = chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let fault: { readonly err: unknown } | null = null;
  try {
    while (head.length < count) {
      const next = await rest.next();
      if (next.done) break;
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    }
  } catch (err) {
    if (head.length === 0) throw err;
    fault = { err };
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head;
      if (fault) throw fault.err;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { head, whole: whole() };
}

/** Unpacks gzip, of one member or several; passes on anything else. */
export async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, whole } = await peek(chunks, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK });
  const packed = Readable.from(whole, { objectMode: false, highWaterMark: CHUNK });
  packed.on('error', (err) => gunzip.destroy(err));
  try {
    yield* packed.pipe(gunzip) as AsyncIterable<Buffer>;
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

/** UTF-8 without byte order mark, from UTF-8 with or without one, or UTF-16 with one. Wrong bytes stay as they are. */
export async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, whole } = await peek(chunks, 3);
  const [first, second, third] = head;
  if (first === 0xff && second === 0xfe) return yield* transcoded(whole, 'utf-16le');
  if (first === 0xfe && second === 0xff) return yield* transcoded(whole, 'utf-16be');
  const hasMark = first === 0xef && second === 0xbb && third === 0xbf;
  let skip = hasMark ? 3 : 0;
  for await (const chunk of whole) {
    yield skip > 0 ? chunk.subarray(skip) : chunk;
    skip = 0;
  }
}

async function* transcoded(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
