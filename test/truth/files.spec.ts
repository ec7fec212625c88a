import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { openUpload } from '../../apps/ingest/sources/files/upload.js';
import { type FoundRecord, type Source, SourceRefused } from '../../apps/ingest/sources/source.js';

const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

interface Truth {
  readonly records: number;
  readonly non_tweets?: Readonly<Record<string, number>>;
  readonly container: { readonly bytes: number; readonly files: number; readonly bad_lines?: number };
  readonly truth?: {
    readonly posts: number;
    readonly duplicates: number;
    readonly tweet_ids: readonly string[];
  };
  readonly tweet_ids?: readonly string[];
}

const below = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)],
  );

const truths = below(data).filter((path) => path.endsWith('.truth.json'));

/** `X.truth.json` speaks of the file or the folder X. */
function setOf(truth: string) {
  const path = join(dirname(truth), basename(truth, '.truth.json'));
  const paths = statSync(path).isDirectory() ? below(path) : [path];
  return paths.map((file) => ({ path: file, name: relative(data, file), bytes: statSync(file).size }));
}

async function read(files: ReturnType<typeof setOf>) {
  const all: { name: string; records: FoundRecord[]; refusal: string | null; skipped: readonly string[] }[] =
    [];
  for await (const source of openUpload(files)) {
    const records: FoundRecord[] = [];
    const refusal = await drain(source, records);
    expect(records.map(({ position }) => position)).toEqual(records.map((_, i) => i));
    all.push({ name: source.name, records, refusal, skipped: source.skipped ?? [] });
  }
  return all;
}

/** Why the source was refused, null where it was not. */
async function drain(source: Source, into: FoundRecord[]): Promise<string | null> {
  try {
    for await (const { records } of source.records(-1, new AbortController().signal)) into.push(...records);
    return null;
  } catch (err) {
    if (err instanceof SourceRefused) return err.message;
    throw err;
  }
}

const different = (ids: readonly (string | undefined)[]) => new Set(ids);
const isPost = ({ format }: FoundRecord) => format.startsWith('x.');
const isControl = ({ format }: FoundRecord) => format === 'control';

describe('files of real posts', () => {
  it('are there', () => expect(truths.length).toBeGreaterThan(25));

  it.each(truths.map((path) => [relative(data, path), path] as const))('%s', async (_, path) => {
    const truth = JSON.parse(readFileSync(path, 'utf8')) as Truth;
    const records = (await read(setOf(path))).flatMap((source) => source.records);
    const posts = records.filter(isPost);
    const ids = posts.map(({ identity }) => identity?.id);
    expect(posts).toHaveLength(truth.records);
    expect(different(ids)).toEqual(different(truth.truth?.tweet_ids ?? truth.tweet_ids ?? []));
    const others = Object.values(truth.non_tweets ?? {}).reduce((sum, count) => sum + count, 0);
    expect(records.length - posts.length).toBe(others + (truth.container.bad_lines ?? 0));
    const messages = ['delete', 'friends', 'direct_message', 'event', 'warning'];
    const controls = messages.reduce((sum, kind) => sum + (truth.non_tweets?.[kind] ?? 0), 0);
    expect(records.filter(isControl)).toHaveLength(controls);
    for (const { bytes, format } of records) if (format !== 'unknown') JSON.parse(bytes.toString());
  });
});

describe('personal archives', () => {
  it('list their other parts and reject none of them', async () => {
    const sources = await read(setOf(join(data, 'archive/rtiatmla_2021.truth.json')));
    expect(sources.flatMap(({ skipped }) => skipped)).toEqual([
      'YTD.account.part0',
      'YTD.follower.part0',
      'YTD.following.part0',
      '__THAR_CONFIG',
    ]);
    expect(sources.flatMap(({ records }) => records).every(({ format }) => format === 'x.archive')).toBe(
      true,
    );
  });
});

describe('torture cases of JSON parsers', () => {
  const cases = below(join(data, 'malformed'));

  it.each(cases.map((path) => [basename(path), path] as const))(
    '%s is refused, and is no post',
    async (_, path) => {
      const [source] = await read([{ path, name: basename(path), bytes: statSync(path).size }]);
      expect(source?.refusal).toContain(basename(path));
      expect(source?.records.filter(({ format }) => format !== 'unknown')).toEqual([]);
    },
  );

  it('between two posts cost nothing but themselves', async () => {
    const post = (id: number) => Buffer.from(`\n{"id_str":"${id}","text":"a"}\n`);
    const folder = mkdtempSync(join(tmpdir(), 'torture-'));
    try {
      for (const [i, path] of cases.entries()) {
        const file = join(folder, String(i));
        // Without the mark of UTF-16, which would hold for the whole file.
        writeFileSync(file, Buffer.concat([post(1), readFileSync(path), post(2)]));
        const [source] = await read([{ path: file, name: basename(path), bytes: statSync(file).size }]);
        expect([basename(path), source?.records.filter(isPost).map(({ identity }) => identity?.id)]).toEqual([
          basename(path),
          ['1', '2'],
        ]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
