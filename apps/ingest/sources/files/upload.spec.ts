import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MAX_RECORD_BYTES } from '#libs/events';

import { type FoundRecord, type Source, SourceRefused } from '../source.js';
import { openUpload } from './upload.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upload-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface ReadSource {
  readonly name: string;
  readonly bytes: number | null;
  readonly records: FoundRecord[];
  readonly refusal: string | null;
  readonly skipped: readonly string[];
}

/** Hands over files of these contents, in this order, and reads all that comes of them. */
async function upload(files: Readonly<Record<string, string | Buffer>>, after = -1): Promise<ReadSource[]> {
  const handed = Object.entries(files).map(([name, content], i) => {
    const path = join(folder, `blob-${i}`);
    writeFileSync(path, content);
    return { path, name, bytes: statSync(path).size };
  });
  const sources: ReadSource[] = [];
  for await (const source of openUpload(handed)) {
    const records: FoundRecord[] = [];
    const refusal = await drain(source, after, records);
    sources.push({ name: source.name, bytes: source.bytes, records, refusal, skipped: source.skipped ?? [] });
  }
  return sources;
}

async function drain(source: Source, after: number, into: FoundRecord[]): Promise<string | null> {
  let consumed = 0;
  try {
    for await (const batch of source.records(after, new AbortController().signal)) {
      expect(batch.consumed).toBeGreaterThanOrEqual(consumed);
      ({ consumed } = batch);
      into.push(...batch.records);
    }
    return null;
  } catch (err) {
    if (err instanceof SourceRefused) return err.message;
    throw err;
  }
}

async function records(content: string | Buffer): Promise<FoundRecord[]> {
  const [source] = await upload({ file: content });
  return source?.records ?? [];
}
const ids = (found: readonly FoundRecord[]) => found.map(({ identity }) => identity?.id ?? null);
const formats = (found: readonly FoundRecord[]) => found.map(({ format }) => format);

const post = (id: number, text = 'a') => JSON.stringify({ id, id_str: String(id), text });
const lines = (...some: number[]) => some.map((id) => `${post(id)}\n`).join('');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('an upload', () => {
  it('is read in byte order of the names of its files', async () => {
    const sources = await upload({ 'é.json': lines(4), 'b/2': lines(2), 'b.1': lines(1), Z: lines(0) });
    expect(sources.map(({ name }) => name)).toEqual(['Z', 'b.1', 'b/2', 'é.json']);
  });

  it.each([
    ['plain', Buffer.from(lines(1, 2))],
    ['with a byte order mark', Buffer.from(`\uFEFF${lines(1, 2)}`)],
    ['in UTF-16, little end first', Buffer.from(`\uFEFF${lines(1, 2)}`, 'utf16le')],
    ['in UTF-16, big end first', utf16be(`\uFEFF${lines(1, 2)}`)],
    ['packed', gzipSync(lines(1, 2))],
    ['packed in two members', Buffer.concat([gzipSync(lines(1)), gzipSync(lines(2))])],
    ['packed, in UTF-16', gzipSync(utf16be(`\uFEFF${lines(1, 2)}`))],
  ])('is told by its content: %s', async (_, content) => {
    const found = await records(content);
    expect(found.map(({ bytes, place }) => [bytes.toString(), place])).toEqual([
      [post(1), { line: 1, offset: 0 }],
      [post(2), { line: 2, offset: post(1).length + 1 }],
    ]);
    expect(found[0]).toMatchObject({
      position: 0,
      format: 'x.v1',
      encoding: 'utf-8',
      identity: { platform: 'x', instance: '', id: '1' },
    });
  });

  it('goes on after any record as if it had never stopped', async () => {
    const content = `${lines(...Array.from({ length: 600 }, (_, i) => i))}broken\n[${post(1)},${post(2)}]`;
    const whole = (await upload({ file: content }))[0]?.records ?? [];
    expect(whole.map(({ position }) => position)).toEqual(whole.map((_, i) => i));
    for (const after of [0, 499, 500, 602]) {
      expect((await upload({ file: content }, after))[0]?.records).toEqual(whole.slice(after + 1));
    }
  });

  it('comes in batches of a bounded number', async () => {
    const path = join(folder, 'many');
    writeFileSync(path, lines(...Array.from({ length: 2_000 }, (_, i) => i)));
    const sizes: number[] = [];
    for await (const source of openUpload([{ path, name: 'many', bytes: statSync(path).size }])) {
      for await (const batch of source.records(-1, new AbortController().signal))
        sizes.push(batch.records.length);
    }
    expect(sizes).toEqual([500, 500, 500, 500]);
  });

  it('stops when it is told to', async () => {
    const path = join(folder, 'many');
    writeFileSync(path, lines(...Array.from({ length: 2_000 }, (_, i) => i)));
    const [reason, stop] = [new Error('stop'), new AbortController()];
    for await (const source of openUpload([{ path, name: 'many', bytes: 1 }])) {
      stop.abort(reason);
      await expect(source.records(-1, stop.signal)[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    }
  });
});

describe('what cannot be read', () => {
  it('keeps wrong bytes as they are, marked', async () => {
    const wrong = Buffer.from(post(2, 'é')).filter((byte) => byte !== 0xc3);
    const found = await records(Buffer.concat([Buffer.from(lines(1)), wrong, Buffer.from(`\n${lines(3)}`)]));
    expect(found.map(({ encoding }) => encoding)).toEqual(['utf-8', 'invalid', 'utf-8']);
    expect(found[1]?.bytes.equals(wrong)).toBe(true);
    expect(ids(found)).toEqual(['1', '2', '3']);
  });

  it('keeps a broken line as a record, and the rest goes on', async () => {
    const found = await records(`${post(1)}\n{"id_str":"2","text\n\n${post(3)}\n{"id_st`);
    expect(formats(found)).toEqual(['x.v1', 'unknown', 'x.v1', 'unknown']);
    expect(found[1]).toMatchObject({ identity: null, place: { line: 2, offset: post(1).length + 1 } });
  });

  it('takes a line of 10 MB and leaves a note for one of 17 MB', async () => {
    const ten = post(1, 'x'.repeat(10 * 1024 * 1024));
    const much = post(2, 'y'.repeat(17 * 1024 * 1024));
    const found = await records(`${ten}\n${much}\n${post(3)}\n`);
    expect(formats(found)).toEqual(['x.v1', 'oversize', 'x.v1']);
    expect(found[0]?.bytes.equals(Buffer.from(ten))).toBe(true);
    expect(JSON.parse(String(found[1]?.bytes))).toMatchObject({
      bytes: much.length,
      start: much.slice(0, 300),
    });
    expect(found[1]?.place).toEqual({ line: 2, offset: ten.length + 1 });
    expect(much.length).toBeGreaterThan(MAX_RECORD_BYTES);
  });

  it.each([
    ['nothing', '', 'file is empty.'],
    ['white space', '\n \r\n', 'file is empty.'],
    ['a table', 'id,text\n1,{a}\n', 'file holds no posts: it is no JSON, it begins with “id,text 1,{a}”.'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n{', 'latin1'), 'file holds no posts: it is a picture.'],
    ['an empty list', '[]', 'file holds no posts.'],
    ['a page of nothing', '{"statuses":[],"search_metadata":{}}', 'file holds no posts.'],
    ['other JSON', '{"name":"a","version":1}', 'file holds no posts.'],
    [
      'a part of an archive',
      'window.YTD.account.part0 = [ {} ]',
      'file holds no posts, only YTD.account.part0.',
    ],
  ])('is refused with a sentence: %s', async (_, content, sentence) => {
    const [source] = await upload({ file: content });
    expect(source?.refusal).toBe(sentence);
  });

  it('still gives what a file without posts holds, for the list of rejections', async () => {
    expect(formats(await records('{"name":"a"}\nnoise\n'))).toEqual(['unknown', 'unknown']);
  });

  it('says where a packed file is damaged, behind all that could be read', async () => {
    const packed = gzipSync(lines(1, 2, 3), { level: 0 });
    const [source] = await upload({ 'cut.gz': packed.subarray(0, -12) });
    expect(source?.refusal).toBeNull();
    expect(formats(source?.records ?? []).slice(0, 2)).toEqual(['x.v1', 'x.v1']);
    expect(String(source?.records.at(-1)?.bytes)).toMatch(
      /^cut\.gz is damaged; .*unexpected end of file\.$/u,
    );
    const [worse] = await upload({ 'cut.gz': packed.subarray(0, 12) });
    expect(worse).toMatchObject({
      records: [],
      refusal: 'cut.gz cannot be unpacked: unexpected end of file.',
    });
  });
});

interface Member {
  readonly name: string;
  readonly content: string | Buffer;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  readonly wrongSum?: boolean;
}

const number = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
  else buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};
const fields = (...pairs: [value: number, bytes: number][]) =>
  Buffer.concat(pairs.map(([value, bytes]) => number(value, bytes)));

type Field = [value: number, bytes: number];
const most: Field = [0xffffffff, 4];

/** A zip archive; with `zip64` its sizes and places are written as those of a very large one. */
function zip(members: readonly Member[], zip64 = false): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, entry } = zipped(member, offset, zip64);
    locals.push(local);
    directory.push(entry);
    offset += local.length;
  }
  const end = endOfZip(members.length, Buffer.concat(directory).length, offset);
  return Buffer.concat([...locals, ...directory, ...(zip64 ? end.large : end.small)]);
}

function zipped({ name, content, ...is }: Member, offset: number, zip64: boolean) {
  const plain = Buffer.from(content);
  const packed = is.stored ? plain : deflateRawSync(plain);
  const path = Buffer.from(name);
  const flags = is.encrypted ? 0x801 : 0x800;
  const head: Field[] = [
    [45, 2],
    [flags, 2],
    [is.stored ? 0 : 8, 2],
    [0, 4],
    [is.wrongSum ? 1 : crc32(plain), 4],
  ];
  const sizes: Field[] = [
    [packed.length, 4],
    [plain.length, 4],
  ];
  const local = Buffer.concat([
    fields([0x04034b50, 4], ...head, ...sizes, [path.length, 2], [0, 2]),
    path,
    packed,
  ]);
  const extra = zip64
    ? fields([1, 2], [24, 2], [plain.length, 8], [packed.length, 8], [offset, 8])
    : Buffer.alloc(0);
  const given = zip64 ? [most, most] : sizes;
  const place: Field = zip64 ? most : [offset, 4];
  const tail = fields([path.length, 2], [extra.length, 2], [0, 2], [0, 4], [0, 4], place);
  return {
    local,
    entry: Buffer.concat([fields([0x02014b50, 4], [45, 2], ...head, ...given), tail, path, extra]),
  };
}

function endOfZip(count: number, size: number, at: number) {
  const record = fields(
    [0x06064b50, 4],
    [44, 8],
    [45, 2],
    [45, 2],
    [0, 4],
    [0, 4],
    [count, 8],
    [count, 8],
    [size, 8],
    [at, 8],
  );
  const locator = fields([0x07064b50, 4], [0, 4], [at + size, 8], [1, 4]);
  const pointing = fields([0x06054b50, 4], [0, 4], [0xffff, 2], [0xffff, 2], most, most, [0, 2]);
  const small = fields([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2]);
  return { large: [record, locator, pointing], small: [small] };
}

describe('a zip archive', () => {
  it.each([false, true])(
    'is its members in byte order of their paths, also as a very large one: %s',
    async (zip64) => {
      const content = zip(
        [
          { name: 'folder/', content: '', stored: true },
          { name: 'folder/b.jsonl', content: lines(2, 3) },
          { name: 'folder/a', content: `[${post(1)}]`, stored: true },
          { name: 'Z.json.gz', content: gzipSync(lines(0)), stored: true },
        ],
        zip64,
      );
      const sources = await upload({ 'all.zip': content });
      expect(sources.map(({ name }) => name)).toEqual([
        'all.zip/Z.json.gz',
        'all.zip/folder/a',
        'all.zip/folder/b.jsonl',
      ]);
      expect(sources.map((source) => ids(source.records))).toEqual([['0'], ['1'], ['2', '3']]);
      expect(sources.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)).toBe(content.length);
    },
  );

  it('of a person gives the posts, and lists what else it holds', async () => {
    const sources = await upload({
      'twitter.zip': zip([
        { name: 'data/tweets_media/1.jpg', content: 'x' },
        { name: 'data/tweets_media/2.JPG', content: 'x' },
        { name: 'data/account.js', content: 'window.YTD.account.part0 = [ { } ]' },
        { name: 'data/manifest.js', content: 'window.__THAR_CONFIG = { }' },
        { name: 'assets/js/app.js', content: '(function(){var a={}})()' },
        { name: 'data/tweets.js', content: `window.YTD.tweets.part0 = [ {"tweet" : ${post(1)}} ]` },
        { name: '__MACOSX/data/._tweets.js', content: 'x' },
        { name: 'Your archive.html', content: '<html>' },
      ]),
    });
    expect(sources).toHaveLength(1);
    expect(sources[0]?.records[0]).toMatchObject({ format: 'x.archive', identity: { id: '1' } });
    expect(sources[0]?.skipped).toEqual([
      'assets/js/app.js',
      'data/account.js',
      'data/manifest.js',
      '1 × .html',
      '2 × .jpg',
    ]);
  });

  it('is refused with a sentence where it cannot be used, member by member', async () => {
    const locked = await upload({
      'a.zip': zip([
        { name: 'b', content: lines(1), encrypted: true },
        { name: 'c', content: lines(2) },
      ]),
    });
    expect(locked.map(({ refusal }) => refusal)).toEqual([
      'a.zip/b is encrypted; unpack it with its password and hand over what is inside.',
      null,
    ]);
    const [cut] = await upload({ 'a.zip': zip([{ name: 'b', content: lines(1) }]).subarray(0, 60) });
    expect(cut?.refusal).toMatch(/^a\.zip cannot be unpacked: /u);
    const [empty] = await upload({ 'a.zip': zip([{ name: 'b.jpg', content: 'x' }]) });
    expect(empty?.refusal).toBe('a.zip holds no file with posts, only 1 × .jpg.');
  });

  it('says that a member is not what was packed', async () => {
    const [source] = await upload({ 'a.zip': zip([{ name: 'b', content: lines(1), wrongSum: true }]) });
    expect(formats(source?.records ?? [])).toEqual(['x.v1', 'unknown']);
    expect(String(source?.records[1]?.bytes)).toContain('check sum');
  });
});
