import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { recognise, type Recognised } from './identity.js';

const of = (text: string, hint?: 'x.archive') => recognise(Buffer.from(text), hint);
const x = (format: Recognised['format'], id: string, platform = 'x'): Recognised => ({
  format,
  identity: { platform, instance: '', id },
});
const unknown: Recognised = { format: 'unknown', identity: null };
const control: Recognised = { format: 'control', identity: null };

describe('what a record is', () => {
  it.each([
    [
      'a post of v1.1',
      '{"created_at":"…","id":12,"id_str":"12","text":"a","user":{"id_str":"3"}}',
      x('x.v1', '12'),
    ],
    ['one in extended mode', '{"full_text":"a","id_str":"12"}', x('x.v1', '12')],
    ['one without id_str', '{"id":1234567890123456789,"text":"a"}', x('x.v1', '1234567890123456789')],
    [
      'one whose id a dump has rounded',
      '{"id":518357110229590000,"id_str":"518357110229590016","text":""}',
      x('x.v1', '518357110229590016'),
    ],
    [
      'a retweet, by the id of its wrapper',
      '{"retweeted_status":{"id_str":"1","text":"b"},"id_str":"2","text":"RT"}',
      x('x.v1', '2'),
    ],
    [
      'a post of v2 by itself',
      '{"data":{"author_id":"9","id":"5","text":"a"},"includes":{"users":[{"id":"9"}]}}',
      x('x.v2', '5'),
    ],
    ['a flattened post of v2', '{"author_id":"9","id":"5","text":"a","author":{"id":"9"}}', x('x.v2', '5')],
    [
      'a post of a personal archive',
      '{ "tweet" : { "entities" : { }, "id_str" : "7", "full_text" : "a" } }',
      x('x.archive', '7'),
    ],
    [
      'a deletion, by the post it names',
      '{"delete":{"status":{"id":5,"id_str":"6","user_id":1}}}',
      x('control', '6'),
    ],
    [
      'a withheld post',
      '{"status_withheld":{"id":1234567890123456789,"user_id":1}}',
      x('control', '1234567890123456789'),
    ],
    [
      'a favourite',
      '{"target":{"id_str":"1"},"event":"favorite","target_object":{"id_str":"8","text":"a"}}',
      x('control', '8'),
    ],
    ['a follow', '{"event":"follow","target":{"id_str":"1","screen_name":"a"}}', control],
    [
      'a deletion of v2',
      '{"data":{"delete":{"tweet":{"id":"3","author_id":"1"},"event_at":"…"}}}',
      x('control', '3'),
    ],
    ['a limit', '{"limit":{"track":5}}', control],
    ['the friends at the head of a stream', '{"friends":[1,2]}', control],
    ['a direct message', '{"direct_message":{"id_str":"1","text":"a"}}', control],
    ['an empty page', '{"meta":{"result_count":0}}', control],
    ['an answer of errors', '{"errors":[{"title":"…"}],"title":"a","detail":"b","type":"c"}', control],
    [
      'a user',
      '{"id":1,"id_str":"1","name":"a","screen_name":"b","status":{"id_str":"2","text":"a"}}',
      unknown,
    ],
    ['a user of v2', '{"data":{"id":"1","name":"a","username":"b"}}', unknown],
    ['a direct message of v2', '{"data":{"id":"1","text":"a","event_type":"MessageCreate"}}', unknown],
    ['a page of posts', '{"data":[{"id":"1","text":"a"}]}', unknown],
    ['an object without anything', '{}', unknown],
    ['an array', '[{"id_str":"1","text":"a"}]', unknown],
    ['a string', '"id_str"', unknown],
    ['nothing', '', unknown],
    ['an object cut short before it is told', '{"created_at":"…","id_str":"1","te', unknown],
  ])('is told for %s', (_, text, expected) => expect(of(text)).toEqual(expected));

  it('is told with the container for posts that look like v1.1', () => {
    expect(of('{"id_str":"7","text":"a"}', 'x.archive')).toEqual(x('x.archive', '7'));
    expect(of('{"limit":{}}', 'x.archive')).toEqual(control);
  });

  it('is of another platform where the generator has put its mark first, and only there', () => {
    const mark = '"simulated":{"generator":"murmuration","seed":7}';
    expect(of(`{${mark},"id_str":"1","text":"a"}`)).toEqual(x('x.v1', '1', 'simulated-x'));
    expect(of(`{${mark},"delete":{"status":{"id_str":"1"}}}`)).toEqual(x('control', '1', 'simulated-x'));
    expect(of(`{${mark},"data":{"id":"1","text":"a"}}`)).toEqual(x('x.v2', '1', 'simulated-x'));
    expect(of(`{"data":{${mark},"id":"1","text":"a"}}`)).toEqual(x('x.v2', '1', 'simulated-x'));
    expect(of(`{"id_str":"1",${mark},"text":"a"}`)).toEqual(x('x.v1', '1'));
  });
});

describe('an id', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['1.5e1', '15'],
    ['0.5e1', '5'],
    ['1200E-2', '12'],
    ['"123"', '123'],
    ['"1\\u0032"', '12'],
    ['"1.0"', '1'],
    ['0', '0'],
    ['0.0', '0'],
  ])('written %s is exactly %s', (written, id) => {
    expect(of(`{"id":${written},"full_text":"a"}`)).toEqual(x('x.v1', id));
  });

  it.each([
    '1.5',
    '-1',
    '"-1"',
    '"abc"',
    '""',
    'null',
    '1e-1',
    '1e999',
    '"007"',
    '" 1"',
    'true',
    '{}',
    '[1]',
  ])('is not what %s is', (written) => expect(of(`{"id":${written},"full_text":"a"}`)).toEqual(unknown));

  it('comes from id where id_str is none', () => {
    expect(of('{"id_str":null,"id":5,"text":"a"}')).toEqual(x('x.v1', '5'));
  });

  it('is the last of several where the reading has not stopped before', () => {
    expect(of('{"id_str":"1","id_str":"2","text":"a"}')).toEqual(x('x.v1', '2'));
    expect(of('{"data":{"id":"1","text":"a","id":"2"}}')).toEqual(x('x.v2', '2'));
  });
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function decimal(value: Json | undefined): string | null {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isWhole || (typeof value === 'string' && /^(0|[1-9]\d*)$/u.test(value)) ? String(value) : null;
}

/** The same by a full parse, for posts and users. */
function told(value: Json): Recognised {
  if (!isObject(value)) return unknown;
  const keys = Object.keys(value);
  const platform = keys[0] === 'simulated' ? 'simulated-x' : 'x';
  const isText = typeof value.text === 'string' || typeof value.full_text === 'string';
  const idStr = decimal(value.id_str);
  if (!isText) return unknown;
  if (idStr !== null) return x('x.v1', idStr, platform);
  const id = decimal(value.id);
  if (id === null) return unknown;
  const isV2 = typeof value.id === 'string' && typeof value.full_text !== 'string' && !isObject(value.user);
  return x(isV2 ? 'x.v2' : 'x.v1', id, platform);
}

const id = fc.oneof(
  fc.nat(),
  fc.bigInt({ min: 1n, max: 10n ** 20n }).map(String),
  fc.constant(null),
  fc.string(),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"id_str":"1"', '{"id_str":"1","text":"a"}', '\\', '\\"', '}],"id_str":"2",', '\u2028é🐦'),
);
const nested = fc.record(
  { id_str: id, id, text, user: fc.record({ id_str: id, screen_name: text }), entities: fc.array(text) },
  { requiredKeys: [] },
);
const post = fc
  .record(
    {
      simulated: fc.constant({ generator: 'murmuration', seed: 1 }),
      id_str: fc.oneof({ weight: 3, arbitrary: id.map(String) }, { weight: 1, arbitrary: id }),
      id,
      text: fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) }),
      full_text: text,
      user: fc.oneof(nested, text),
      retweeted_status: nested,
      quoted_status: nested,
      lang: text,
      screen_name: text,
      truncated: fc.boolean(),
      '': text,
      'id_str ': text,
    },
    { requiredKeys: [] },
  )
  .chain((object) => fc.shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length }))
  .map((entries) => Object.fromEntries(entries) as Json);

/** Writes some keys with an escape, as JSON allows. */
const escaped = (json: string, some: boolean) =>
  some
    ? json.replace(/"([a-z])([a-z_]*)":/gu, (_, first: string, rest: string) => {
        return `"\\u00${first.charCodeAt(0).toString(16)}${rest}":`;
      })
    : json;

describe('recognising', () => {
  it('agrees with a full parse, in any order of keys, with decoys inside and any white space', () => {
    fc.assert(
      fc.property(post, fc.constantFrom(0, 1, '\t', '\n \r'), fc.boolean(), (value, indent, some) => {
        const json = escaped(JSON.stringify(value, null, indent), some);
        expect(of(`\n ${json}\n`)).toEqual(told(JSON.parse(json) as Json));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws and never calls anything but an object a post', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(recognise(Buffer.from(bytes)).format).not.toMatch(/^x\./u);
      }),
    );
    fc.assert(fc.property(fc.json(), (json) => expect(() => of(json)).not.toThrow()));
  });

  it('survives any cut', () => {
    fc.assert(
      fc.property(post, fc.double({ min: 0, max: 1, noNaN: true }), (value, part) => {
        const json = JSON.stringify(value);
        const cut = Buffer.from(json).subarray(0, Math.floor(part * json.length));
        const whole = told(value);
        expect([whole, unknown]).toContainEqual(recognise(cut));
      }),
    );
  });
});
