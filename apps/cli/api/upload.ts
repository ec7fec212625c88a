import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { CommandError } from '../failure.js';
import { answer, type Client, unreachable } from './client.js';

/** A file to hand over: where it is, what it is called there, how long it is. */
export interface UploadFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

export interface Upload {
  readonly files: readonly UploadFile[];
  readonly fields: Readonly<Record<string, string>>;
  /** So that a request that is sent twice makes one job. */
  readonly idempotencyKey: string;
  /** Called with the bytes of files sent so far. */
  readonly progress: (sent: number) => void;
}

/**
 * Sends files of any size as one multipart request. By hand: `fetch` cannot say how long a stream is, and tells
 * nothing of what is sent.
 */
export async function upload<T>(client: Client, path: string, what: Upload): Promise<T> {
  const boundary = `murmur-${randomBytes(18).toString('base64url')}`;
  const heads = what.files.map((file) => fileHead(boundary, file));
  const fields = Buffer.concat(
    Object.entries(what.fields).map(([name, value]) => field(boundary, name, value)),
  );
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const lengths = what.files.map((file, index) => (heads[index]?.length ?? 0) + file.bytes + 2);
  const length = lengths.reduce((sum, next) => sum + next, fields.length + tail.length);

  async function* body(): AsyncGenerator<Buffer> {
    if (fields.length > 0) yield fields;
    let sent = 0;
    for (const [index, file] of what.files.entries()) {
      yield heads[index] ?? Buffer.alloc(0);
      for await (const chunk of contentOf(file)) {
        yield chunk;
        sent += chunk.length;
        what.progress(sent);
      }
      yield Buffer.from('\r\n');
    }
    yield tail;
  }

  const url = client.endpoint(path);
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    headers: {
      ...client.headers,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': length,
      'idempotency-key': what.idempotencyKey,
    },
  });
  return send<T>(client, request, body());
}

async function send<T>(client: Client, request: ClientRequest, body: AsyncGenerator<Buffer>): Promise<T> {
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  // A server that refuses answers before it has everything: its answer counts, not that it stopped listening.
  const sent = pipeline(Readable.from(body), request);
  sent.catch(() => {});
  let incoming: IncomingMessage;
  try {
    incoming = await response;
  } catch (error) {
    const cause: unknown = await sent.then(
      () => error,
      (first: unknown) => first,
    );
    throw cause instanceof CommandError ? cause : unreachable(client.url, cause);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  if (!request.writableFinished) request.destroy();
  return answer<T>(incoming.statusCode ?? 0, Buffer.concat(chunks).toString());
}

/** Exactly as many bytes as were announced. */
async function* contentOf({ path, bytes }: UploadFile): AsyncGenerator<Buffer> {
  if (bytes === 0) return;
  let read = 0;
  for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 256 * 1024 })) {
    const buffer: Buffer = chunk;
    read += buffer.length;
    yield buffer;
  }
  if (read < bytes) throw new CommandError(`${path} became shorter while it was sent; nothing was imported.`);
}

function field(boundary: string, name: string, value: string): Buffer {
  return Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
}

function fileHead(boundary: string, { name }: UploadFile): Buffer {
  // As browsers do (WHATWG): these three would end the name early.
  const escaped = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${escaped}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
  );
}
