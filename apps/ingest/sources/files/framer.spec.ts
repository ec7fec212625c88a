import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Framer, type FramerOptions } from './framer.js';
import type { Piece } from './piece.js';

const usual: FramerOptions = { lines: true, archive: false };

function frame(chunks: readonly Buffer[], options = usual): Piece[] {
  const framer = new Framer(options);
  return [...chunks.flatMap((chunk) => framer.feed(chunk)), ...framer.end()];
}
const all = (text: string, options?: FramerOptions) => frame([Buffer.from(text)], options);
const short = (pieces: readonly Piece[]) => pieces.map(({ kind, bytes }) => [kind, bytes.toString()]);
const values = (...texts: string[]) => texts.map((text) => ['value', text]);

const a = '{"id":1,"text":"a"}';
const b = '{"id":2,"text":"b }{ ] \\" \\\\"}';
const c = '{"id":3,"user":{"id":9,"list":[1,[2],{}]},"text":"\\u007d"}';
const pretty = (json: string, indent: number) => JSON.stringify(JSON.parse(json), null, indent);

describe('the values in a file', () => {
  it.each([
    ['one per line', `${a}\n${b}\n${c}\n`],
    ['with other line ends, keep-alives and no last line feed', `\r\n${a}\r\r\n\r\n\n${b} \r\n\t${c}`],
    ['an array', `[${a},${b},${c}]`],
    ['an array over lines', ` [\n${a},\n${b} ,\n${c}\n]\n`],
    ['one after the other in one line', `${a}${b} ${c}`],
    ['arrays one after the other', `[${a}]\n[${b},${c}]\n`],
    [
      'a search answer',
      `{"statuses":[${a},${b},${c}],"search_metadata":{"count":3,"x":[{}]},"y":"]}","z":1.5e3}`,
    ],
    [
      'a search answer that begins with something else',
      `{"count":3,"meta":{"a":[1]},"results":[${a},${b},${c}]}`,
    ],
    ['two of them', `{"statuses":[${a}],"n":null,"results":[${b}]}\n{"statuses":[${c}]}`],
    ['a look-up map', `{"1":${a},"4":null,"2":${b},"3":${c}}`],
    ['the look-up map of the platform', `{"id":{"5":null,"1":${a},"2":${b},"3":${c}}}`],
    ['a part of a personal archive', `window.YTD.tweets.part0 = [ ${a}, ${b}, ${c} ];`],
    ['a month of an older one', `Grailbird.data.tweets_2010_12 = \n [ ${a}, ${b}, ${c} ]`],
  ])('are found: %s', (_, text) => {
    expect(short(all(text, { lines: false, archive: false }))).toEqual(values(a, b, c));
  });

  it('are whole lines where lines are values, containers left to be opened', () => {
    const page = `{"statuses":[${a},${c}]}`;
    expect(short(all(`${a}\n${page}\n${c}\n`))).toEqual(values(a, page, c));
  });

  it('are found pretty-printed with prose between them', () => {
    const text = `${pretty(a, 2)}\n\nExtended mode, [the same]:\n${pretty(c, 2)}\n${pretty(a, 0)}`;
    expect(short(all(text))).toEqual([
      ['value', pretty(a, 2)],
      ['broken', 'Extended mode, [the same]:'],
      ['value', pretty(c, 2)],
      ['value', a],
    ]);
  });

  it('know their line and their offset in bytes', () => {
    const places = all(`\n{"é":1}\r\n\n${a}\n[\n ${b},\n${c}]`).map(({ line, offset }) => [line, offset]);
    const second = 1 + '{"é":1}'.length + 1 + 3;
    const third = second + a.length + 1 + 3;
    expect(places).toEqual([
      [2, 1],
      [4, second],
      [6, third],
      [7, third + b.length + 2],
    ]);
  });

  it('are of a personal archive only in its own part', () => {
    const others: string[] = [];
    const text = `window.YTD.account.part0 = [{"account":{"x":"]"}}]\nwindow.YTD.tweet.part0 = [${a}]\nvar tweet_index = [{}];`;
    const pieces = all(text, { ...usual, onOtherPart: (name) => others.push(name) });
    expect(short(pieces)).toEqual(values(a));
    expect(pieces[0]?.archive).toBe(true);
    expect(others).toEqual(['YTD.account.part0', 'tweet_index']);
  });
});

describe('what is broken', () => {
  it.each([
    ['a line cut in a string', '{"id":1,"text":"a'],
    ['a line cut after a comma', '{"id":1,'],
    ['a line cut after a colon', '{"id":'],
    ['a line cut inside a nested object', '{"id":1,"user":{"id":2}'],
    ['a line with a word that is none', '{"id":nope{}'],
    ['a line closed with the wrong bracket', '{"id":[1}'],
    ['prose', 'Exceeded connection limit for user'],
    ['a line of closing brackets', '}]}'],
  ])('costs itself only: %s', (_, broken) => {
    const pieces = all(`${a}\n${broken}\n${b}\n${c}\n`);
    expect(pieces.map(({ bytes }) => bytes.toString())).toEqual([a, broken, b, c]);
  });

  it('is given at the end of a file that was cut off', () => {
    expect(short(all(`${a}\n{"id":2,"te`))).toEqual([
      ['value', a],
      ['broken', '{"id":2,"te'],
    ]);
    expect(short(all(`[${a},\n{"id":2,"te`))).toEqual([
      ['value', a],
      ['broken', '{"id":2,"te'],
    ]);
  });

  it('is one stretch where a pretty-printed value is cut off and the next one follows', () => {
    const cut = '{\n  "id": 1,\n  "user": {\n    "id": 2';
    expect(short(all(`${cut}\n${pretty(c, 2)}\n`))).toEqual([
      ['broken', cut],
      ['value', pretty(c, 2)],
    ]);
  });

  it('costs an array that element, told by brackets or by indentation', () => {
    const word = '{"id":1,"user":{"id":wrong word},"x":[1]}';
    expect(short(all(`[${a},${word},${b}]`))).toEqual([
      ['value', a],
      ['broken', word],
      ['value', b],
    ]);
    const cut = '{\n    "id": 1,\n    "user": {\n      "id": "2';
    const inside = pretty(c, 2).replaceAll('\n', '\n  ');
    expect(short(all(`[\n  ${cut}\n  ${inside},\n  ${a}\n]\n${b}`))).toEqual([
      ['broken', cut],
      ['value', inside],
      ['value', a],
      ['value', b],
    ]);
  });
});

describe('what is too long to hold', () => {
  const small: FramerOptions = { ...usual, limits: { line: 64, held: 256 } };
  const long = `{"id":7,"text":"${'x'.repeat(300)}]}{"}`;

  it.each([
    ['a line', `${a}\n${long}\n${b}\n`],
    ['an element', `[${a},${long},${b}]`],
    ['an entry', `{"1":${a},"7":${long},"2":${b}}`],
  ])('leaves a note and the rest goes on: %s', (_, text) => {
    const [first, note, last] = all(text, small);
    expect([first, last].map((piece) => piece?.bytes.toString())).toEqual([a, b]);
    expect(note?.kind).toBe('oversize');
    expect(JSON.parse(String(note?.bytes))).toMatchObject({ bytes: long.length, start: long.slice(0, 300) });
  });

  it('is no matter beside the posts', () => {
    const beside = `"before":[1],"statuses":[${a},${b}],"long":${long},"${'k'.repeat(100)}":"${'y'.repeat(300)}","n":12`;
    expect(short(all(`{${beside}}\n${c}`, small))).toEqual(values(a, b, c));
  });
});

const brackets = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ':',
  ',',
  '\n',
  '\n{',
  '\n[',
  '\n  {',
  ' ',
  '\r\n',
  '}{',
  ']\n',
];
const wholes = [a, b, `${a}\n`, `${c}\n`, `,\n${b}`, pretty(c, 1), '"a"', 'null', '1', 'prose', 'é🐦'];
const openings = ['"id":', '"statuses":[', '{"1":', '{"id":{', '{"text":"cut', '{"a":"long".repeat}'];
const scripts = ['window.YTD.tweet.part0 = ', 'var x = [', 'Grailbird.data.tweets_1 =\n['];
const soup = fc
  .array(fc.constantFrom(...brackets, ...wholes, ...openings, ...scripts), { maxLength: 60 })
  .map((words) => Buffer.from(words.join('')));
const limits = fc.constantFrom(
  undefined,
  { line: 16, held: 40 },
  { line: 40, held: 16 },
  { line: 30, held: 100 },
);

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

describe('framing', () => {
  it('finds the same in any bytes however they are cut into chunks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(soup, sizes, limits, fc.boolean(), (bytes, chunkSizes, some, lines) => {
        const options = { lines, archive: false, ...(some ? { limits: some } : {}) };
        expect(frame(cut(bytes, chunkSizes), options)).toEqual(frame([bytes], options));
      }),
      { numRuns: 5_000 },
    );
  });

  it('brings back whatever was written, in each container', () => {
    const posts = fc.array(
      fc.record({ id: fc.nat(), text: fc.string({ unit: 'binary' }), more: fc.jsonValue() }),
    );
    const shape = fc.constantFrom<(posts: object[], indent: number) => string>(
      (list, indent) => list.map((post) => JSON.stringify(post, null, indent)).join('\n'),
      (list) => list.map((post) => `${JSON.stringify(post)}\r\n\r\n`).join(''),
      (list, indent) => JSON.stringify(list, null, indent),
      (list, indent) => JSON.stringify({ statuses: list, meta: { a: [{}] } }, null, indent),
      (list, indent) => `window.YTD.tweets.part0 = ${JSON.stringify(list, null, indent)}`,
    );
    fc.assert(
      fc.property(
        posts,
        shape,
        fc.constantFrom(0, 2),
        fc.integer({ min: 1, max: 50 }),
        (list, write, indent, size) => {
          const pieces = frame(cut(Buffer.from(write(list, indent)), [size]), {
            lines: false,
            archive: false,
          });
          const found = pieces.map(({ bytes }) => JSON.parse(bytes.toString()) as unknown);
          expect(found).toEqual(JSON.parse(JSON.stringify(list)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
