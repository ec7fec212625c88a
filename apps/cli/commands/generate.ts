import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { type SampleOptions, sampleRecords } from '#libs/sample';

import { CommandError } from '../failure.js';
import { bytes } from '../progress.js';
import { plural, print, type Terminal } from '../terminal.js';

/** Small lines in large pieces: one call of the system for each line would be most of the work. */
const PIECE = 256 * 1024;

export interface Generation {
  readonly options: SampleOptions;
  /** Null: standard output. */
  readonly file: string | null;
}

/** Writes generated posts and tells how many. A reader that has had enough (`| head`) ends it without a word. */
export async function generate(terminal: Terminal, { options, file }: Generation): Promise<void> {
  const target = file === null ? terminal.out : createWriteStream(file);
  let fault: Error | null = null;
  target.on('error', (error: Error) => (fault = error));
  const counts = { posts: 0, duplicates: 0, controls: 0, broken: 0, bytes: 0 };
  for (const piece of pieces(options, counts)) {
    if (!target.write(piece)) await drained(target);
    if (fault !== null) break;
  }
  if (file !== null && fault === null) {
    target.end();
    await finished(target).catch((error: Error) => (fault = error));
  }
  const code = fault === null ? null : codeOf(fault);
  if (code === 'EPIPE') return;
  if (code !== null) throw new CommandError(`${file ?? 'Standard output'} cannot be written (${code}).`);
  print(terminal.err, sentence(counts, options, file));
}

const codeOf = (error: Error) => ('code' in error ? String(error.code) : error.message);

/** An error ends the waiting as well: nobody drains a broken pipe. */
async function drained(target: Writable): Promise<void> {
  if (target.destroyed || target.errored) return;
  await once(target, 'drain').catch(() => {});
}

interface Counts {
  posts: number;
  duplicates: number;
  controls: number;
  broken: number;
  bytes: number;
}

function* pieces(options: SampleOptions, counts: Counts): Generator<Buffer> {
  const end = Buffer.from('\n');
  let parts: Buffer[] = [];
  let length = 0;
  for (const { kind, line, posts } of sampleRecords(options)) {
    const content = typeof line === 'string' ? Buffer.from(line) : line;
    parts.push(content, end);
    length += content.length + 1;
    counts.bytes += content.length + 1;
    if (kind === 'duplicate') counts.duplicates += 1;
    else if (kind === 'control') counts.controls += 1;
    else if (kind === 'broken') counts.broken += 1;
    else counts.posts += posts;
    if (length < PIECE) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  yield Buffer.concat(parts);
}

function sentence(counts: Counts, { seed }: SampleOptions, file: string | null): string {
  const further = [
    counts.duplicates > 0 ? plural(counts.duplicates, 'duplicate') : '',
    counts.controls > 0 ? plural(counts.controls, 'message', 'messages on deleted and left-out posts') : '',
    counts.broken > 0 ? plural(counts.broken, 'unreadable line') : '',
  ].filter((part) => part !== '');
  const all = [plural(counts.posts, 'post'), ...further].join(', ');
  return `${all}; ${bytes(counts.bytes)}${file === null ? '' : ` in ${file}`}; seed ${seed}.`;
}
