import { describe, expect, it } from '@jest/globals';

import { Expander, type Found } from './expand.js';
import { framed } from './framer.js';
import type { Piece } from './piece.js';

interface Opened {
  readonly found: Found[];
  readonly skipped: string[];
}

/** Everything in a file of this text. */
function open(text: string): Opened {
  const skipped: string[] = [];
  const expander = new Expander((what) => skipped.push(what));
  const whole: Piece = { kind: 'value', bytes: Buffer.from(text), line: 1, offset: 0, archive: false };
  return { found: framed(whole, true).flatMap((piece) => [...expander.expand(piece)]), skipped };
}
const texts = ({ found }: Opened) => found.map(({ bytes }) => bytes.toString());
const ids = ({ found }: Opened) => found.map(({ identity }) => identity?.id ?? null);
const formats = ({ found }: Opened) => found.map(({ format }) => format);
const json = JSON.stringify;
const v1 = (id: number) => json({ id, id_str: String(id), text: 'a' });

describe('a record that came alone', () => {
  it.each([
    v1(1),
    '{"data": {"id":"1","text":"a"} , "includes":{"users":[]},"matching_rules":[{"id":1377649934414049282}]}',
    '{"delete":{"status":{"id_str":"5"}}}',
    '{"meta":{"result_count":0}}',
    '{"what":"ever"}',
  ])('is left byte for byte as it was: %s', (text) => {
    expect(texts(open(` ${text} \r\n`))).toEqual([text]);
  });
});

describe('a container in a line', () => {
  it.each([
    ['a search answer', `{"statuses":[${v1(1)},${v1(2)}],"search_metadata":{}}`],
    ['a search answer of another kind', `{"results":[${v1(1)},${v1(2)}],"next":"x"}`],
    ['an array', `[${v1(1)},${v1(2)}]`],
    [
      'rows of a database',
      `{"rows":[{"id":"a","key":1,"value":{},"doc":${v1(1)}},{"id":"b","key":2,"value":${v1(2)}}]}`,
    ],
    ['a look-up map', `{"1":${v1(1)},"3":null,"2":${v1(2)}}`],
    ['the look-up map of the platform', `{"id":{"1":${v1(1)},"3":null,"2":${v1(2)}}}`],
    ['a page of old posts', `{"data":[${v1(1)},${v1(2)}]}`],
  ])('is opened: %s', (_, text) => {
    const opened = open(`${text}\n${text}`);
    expect(texts(opened)).toEqual([v1(1), v1(2), v1(1), v1(2)]);
    expect(opened.found.map(({ place }) => place.line)).toEqual([1, 1, 2, 2]);
    for (const { bytes, place } of opened.found) {
      const at = place.offset ?? -1;
      expect(`${text}\n${text}`.slice(at, at + bytes.length)).toBe(bytes.toString());
    }
  });
});

describe('a page of v2', () => {
  const user = (id: string, username: string) => `{"id": "${id}","username":"${username}"}`;
  const media = '{"media_key":"3_7","url":"https://example.org/é.jpg", "width":1.50}';
  const original =
    '{"id":"20","author_id":"2","text":"o","attachments":{"media_keys":["3_7"]},"geo":{"place_id":"p1"}}';
  const page = (data: string, more = '') =>
    `{"data":[${data}],"includes":{"users":[${user('1', 'One')},${user('2', 'Two')},${user('9', 'Nine')}],` +
    `"tweets":[${original},{"id":"99","text":"x"}],"media":[${media}],"places":[{"id":"p1"},{"id":"p2"}]}${more}}`;

  it('becomes one record for each post, with what it refers to and nothing else, byte for byte', () => {
    const data =
      '{"id":"10","author_id":"1","text":"a","referenced_tweets":[{"type":"retweeted","id":"20"}]}';
    const includes =
      `"users":[${user('1', 'One')},${user('2', 'Two')}],"tweets":[${original}],` +
      `"media":[${media}],"places":[{"id":"p1"}]`;
    expect(texts(open(page(data, ',"meta":{"result_count":1}')))).toEqual([
      `{"data":${data},"includes":{${includes}}}`,
    ]);
  });

  it('finds who is mentioned, however the name is written', () => {
    const data = '{"id":"10","text":"a","entities":{"mentions":[{"username":"nINE"}]}}';
    expect(texts(open(page(data)))).toEqual([`{"data":${data},"includes":{"users":[${user('9', 'Nine')}]}}`]);
  });

  it('stands without includes where a post refers to nothing', () => {
    const data = '{"id":"10","text":"a"}';
    expect(texts(open(page(data)))).toEqual([`{"data":${data}}`]);
    expect(texts(open(`{"data":[${data}],"errors":[{"title":"Not Found"}]}`))).toEqual([`{"data":${data}}`]);
  });

  it('hands the mark of the generator on', () => {
    const mark = '{"generator":"murmuration","seed":7}';
    const { found } = open(`{"simulated":${mark},"data":[{"id":"1","text":"a"}]}`);
    expect(found[0]?.bytes.toString()).toBe(`{"simulated":${mark},"data":{"id":"1","text":"a"}}`);
    expect(found[0]?.identity?.platform).toBe('simulated-x');
  });

  it('keeps what is no post as it is', () => {
    const opened = open(
      `{"data":[{"id":"1","name":"a","username":"b"},{"start":"x","tweet_count":1},{"id":"2","text":"t"}]}`,
    );
    expect(formats(opened)).toEqual(['unknown', 'unknown', 'x.v2']);
    expect(texts(opened)[1]).toBe('{"start":"x","tweet_count":1}');
  });

  it('of nothing is nothing', () => {
    expect(open('{"data":[],"meta":{"result_count":0}}').found).toEqual([]);
  });
});

describe('a recorded answer', () => {
  const answer = (status: number, body: unknown) =>
    json({ url: 'https://api.example.org', status, headers: {}, body });

  it('gives the posts of its body, written as a string or as it is', () => {
    const body = { statuses: [{ id_str: '1', text: 'é\n' }] };
    const opened = open(
      `${answer(200, json(body))}\n${answer(200, body)}\n${answer(200, json([body.statuses[0]]))}`,
    );
    expect(ids(opened)).toEqual(['1', '1', '1']);
    expect(texts(opened)[0]).toBe(json(body.statuses[0]));
    expect(opened.found.map(({ place }) => place.line)).toEqual([1, 2, 3]);
  });

  it('gives the posts of a recorded stream', () => {
    expect(ids(open(answer(200, `${v1(1)}\r\n\r\n${v1(2)}\r\n`)))).toEqual(['1', '2']);
  });

  it('that brought no posts is told, not rejected', () => {
    const empty = [answer(404, '<html>'), answer(200, ''), answer(200, '<html>'), answer(200, null)];
    const errors = [
      answer(200, '{"errors":[{}]}'),
      answer(200, '{"meta":{"result_count":0}}'),
      answer(429, v1(1)),
    ];
    const { found, skipped } = open([...empty, ...errors].join('\n'));
    expect(found).toEqual([]);
    expect(skipped.filter((what) => what.includes('status'))).toEqual([
      'an answer with status 404',
      'an answer with status 429',
    ]);
    expect(skipped).toHaveLength(7);
  });

  it('of something else is rejected with its body', () => {
    const opened = open(answer(200, '{"ids":["1"],"next_cursor":0}'));
    expect([formats(opened), texts(opened)]).toEqual([['unknown'], ['{"ids":["1"],"next_cursor":0}']]);
  });

  it('inside an answer inside an answer ends somewhere', () => {
    let body = v1(1);
    for (let depth = 0; depth < 40; depth += 1) body = `{"url":"u","status":200,"body":${body}}`;
    expect(formats(open(body))).toEqual(['unknown']);
  });
});
