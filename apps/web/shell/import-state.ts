import { signal } from '@preact/signals';

import type { Job, Problem } from '#libs/api';

import { problemOf } from '../data/client.js';
import { rest } from '../data/links.js';

/** A file with the path it had in its folder. */
export interface NamedFile {
  readonly file: File;
  readonly path: string;
}

export interface ImportQuestion {
  readonly files: readonly NamedFile[];
  /** The collection on whose page it was asked, null elsewhere. */
  readonly into: { readonly id: string; readonly name: string } | null;
}

export interface Upload {
  readonly names: readonly string[];
  readonly sent: number;
  readonly total: number;
  readonly startedAt: number;
  readonly problem: Problem | null;
}

/** The question before an import, null while nothing is asked. */
export const importAsked = signal<ImportQuestion | null>(null);

/** The collection whose page is open: what is dropped there may go into it. */
export const openCollection = signal<ImportQuestion['into']>(null);

/** The files that are on their way to the server, null when none are. */
export const upload = signal<Upload | null>(null);

let running: XMLHttpRequest | null = null;

export interface Target {
  readonly collection?: string;
  readonly name?: string;
}

const lost: Problem = {
  type: 'about:blank',
  title: 'The upload broke off',
  status: 0,
  detail:
    'The connection was lost before the file was whole, so no job was made. Try again when the server answers.',
};

/** Sends the files as one job. The promise tells the job, or null when it failed or was stopped (`upload` says why). */
export function sendFiles(files: readonly NamedFile[], target: Target): Promise<Job | null> {
  const form = new FormData();
  // The fields go first, so that the server knows where the bytes belong before it reads them.
  if (target.collection !== undefined) form.append('collection', target.collection);
  else if (target.name) form.append('name', target.name);
  for (const { file, path } of files) form.append('file', file, path);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  upload.value = {
    names: files.map(({ path }) => path),
    sent: 0,
    total,
    startedAt: Date.now(),
    problem: null,
  };
  const request = new XMLHttpRequest();
  running = request;
  const fail = (problem: Problem): null => {
    upload.value = upload.value && { ...upload.value, problem };
    return null;
  };
  return new Promise((resolve) => {
    request.upload.addEventListener('progress', (event) => {
      // The envelope of the form is a little larger than the files in it.
      if (upload.value) upload.value = { ...upload.value, sent: Math.min(total, event.loaded) };
    });
    request.addEventListener('load', () => {
      if (request.status < 300) {
        upload.value = null;
        resolve(JSON.parse(request.responseText) as Job);
      } else resolve(fail(problemOf(request.status, request.responseText)));
    });
    request.addEventListener('error', () => resolve(fail(lost)));
    request.addEventListener('abort', () => {
      upload.value = null;
      resolve(null);
    });
    request.open('POST', rest.jobs);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('idempotency-key', crypto.randomUUID());
    request.send(form);
  });
}

export function stopUpload(): void {
  running?.abort();
  upload.value = null;
}

/** A name for a collection made of these files: the file's own, or that of the folder they share. */
export function nameOf(files: readonly NamedFile[]): string {
  const [first] = files;
  if (!first) return '';
  const folder = first.path.includes('/') ? first.path.slice(0, first.path.indexOf('/')) : '';
  if (folder && files.every(({ path }) => path.startsWith(`${folder}/`))) return folder;
  const bare = first.path
    .replace(/^.*\//, '')
    .replace(/\.(gz|zip)$/i, '')
    .replace(/\.(jsonl?|ndjson|js|txt|zip)$/i, '');
  return files.length === 1 ? bare : `${bare} and ${files.length - 1} more`;
}
