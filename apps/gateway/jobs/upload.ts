import { type Multipart, type MultipartFile } from '@fastify/multipart';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';

import { type BlobStore } from '#libs/blobs';
import { type UploadedFile } from '#libs/events';

import { invalid, ProblemError } from '../http/problem.js';
import { storable } from '../http/storable.js';

/** What came with a multipart request. Files in byte order of their paths. */
export interface Upload {
  readonly files: readonly UploadedFile[];
  readonly collection: string | null;
  readonly name: string | null;
}

const fields = z.object({
  collection: z.string().max(100).optional(),
  name: z.string().trim().min(1).max(200).optional(),
});

/**
 * Streams the files of a request into the store. When anything is wrong, nothing stays there.
 * @param checkCollection told as soon as the field is met: there is no use in reading on for one that is not there.
 * @throws ProblemError
 */
export async function receiveUpload(
  request: FastifyRequest,
  blobs: BlobStore,
  checkCollection: (id: string) => Promise<void>,
): Promise<Upload> {
  const files: UploadedFile[] = [];
  const given: Record<string, string> = {};
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') files.push(...(await receiveFile(part, blobs)));
      else given[part.fieldname] = await receiveField(part, checkCollection);
    }
    const { collection, name } = fields.parse(withoutEmpty(given));
    requireContent(files);
    return { files: files.toSorted(byPath), collection: collection ?? null, name: name ?? null };
  } catch (error) {
    await Promise.all(files.map(({ blob }) => blobs.delete(blob)));
    throw brokenOff(error);
  }
}

async function receiveFile(part: MultipartFile, blobs: BlobStore): Promise<UploadedFile[]> {
  if (part.fieldname !== 'file') {
    throw invalid(part.fieldname, 'is no field for files; the field is called "file", once per file');
  }
  const stored = await blobs.put(part.file);
  const name = cleanName(part.filename);
  // What a browser sends for an empty file field.
  if (name === '' && stored.bytes === 0) {
    await blobs.delete(stored.blob);
    return [];
  }
  return [{ ...stored, name: name === '' ? 'upload' : name }];
}

async function receiveField(
  { fieldname, value }: Extract<Multipart, { type: 'field' }>,
  checkCollection: (id: string) => Promise<void>,
): Promise<string> {
  if (fieldname !== 'collection' && fieldname !== 'name') {
    throw invalid(fieldname, 'is not known; there are "file", "collection" and "name"');
  }
  if (typeof value !== 'string') throw invalid(fieldname, 'must be text');
  const text = storable(value);
  if (fieldname === 'collection' && text.trim() !== '') await checkCollection(text);
  return text;
}

const withoutEmpty = (given: Record<string, string>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim() !== ''));

function requireContent(files: readonly UploadedFile[]): void {
  if (files.length === 0) {
    throw invalid('file', 'is missing; send each file as a multipart field called "file"');
  }
  if (files.every(({ bytes }) => bytes === 0)) throw invalid('file', 'is empty; there is nothing to import');
}

/** Without what no path and no table can hold; it is only ever shown. */
const cleanName = (name: string): string =>
  // oxlint-disable-next-line no-control-regex
  storable(name.replaceAll(/[\u0000-\u001f\u007f]/g, '')).slice(0, 1_000);

const byPath = (a: UploadedFile, b: UploadedFile) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));

const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);
/** The codes of `@fastify/multipart` carry a status of their own; these come from the parser or the socket. */
const BROKEN = /multipart|terminated early|premature|aborted|malformed/i;

function brokenOff(error: unknown): unknown {
  if (error instanceof ProblemError || !(error instanceof Error) || error.name === 'ZodError') return error;
  const code = 'code' in error ? error.code : undefined;
  if (NO_SPACE.has(code)) {
    return new ProblemError(
      507,
      'No space left',
      'The disk for uploads is full. Nothing was kept; make room and try again.',
    );
  }
  if (code === 'FST_MP_PREMATURE_CLOSE' || code === 'ECONNRESET' || BROKEN.test(error.message)) {
    return new ProblemError(
      400,
      'The upload broke off',
      'It did not arrive whole. Nothing was kept; send it again.',
    );
  }
  return error;
}
