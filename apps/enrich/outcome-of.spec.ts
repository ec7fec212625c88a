import { describe, expect, it } from '@jest/globals';

import type { RawMeta } from '#libs/events';

import { outcomeOf } from './outcome-of.js';
import { metaOf } from './raw-meta.fixture.js';

const raw = { partition: 3, offset: 41 };
const made = (json: string | Buffer, change?: Partial<RawMeta>) => {
  const bytes = Buffer.from(json);
  return outcomeOf(bytes, metaOf(bytes, change), raw);
};
const refused = (json: string | Buffer, change?: Partial<RawMeta>) => {
  const outcome = made(json, change);
  if (outcome.type !== 'RecordRejected') throw new Error(`${outcome.type} instead of a rejection`);
  return outcome.data;
};

const POST = '{"id":20,"id_str":"20","created_at":"Tue Mar 21 20:50:14 +0000 2006","text":"just setting up"}';

describe('the outcome of a raw record', () => {
  it('names its raw record, which also gives it its id', () => {
    const replayOf = { partition: 3, offset: 12 };
    expect(made(POST, { replayOf })).toMatchObject({
      id: '3:41',
      type: 'PostEnriched',
      version: 1,
      occurredAt: '2006-03-21T20:50:14.000Z',
      receivedAt: '2026-01-01T00:00:00.000Z',
      raw,
      collection: 'c',
      source: 'j.0',
      position: 7,
      replayOf,
      data: { platform: 'x', id: '20', text: 'just setting up' },
    });
  });

  it('is the same each time', () => {
    expect(made(POST)).toEqual(made(POST));
  });

  it.each([
    ['json', '{"id_str":"1","text":"cut of'],
    ['json', ''],
    ['not_a_post', '7'],
    ['not_a_post', '["a"]'],
    ['not_a_post', 'null'],
    ['not_a_post', '{}'],
    ['not_a_post', '{"id":"12","username":"an_account"}'],
    ['unknown_format', '{"uri":"at://x","record":{"text":"from elsewhere"}}'],
  ])('is a rejection (%s) of %j', (reason, json) => {
    expect(refused(json)).toMatchObject({ reason, place: { line: 8, offset: 120 } });
  });

  it('is a rejection of bytes that are no text, which the excerpt shows as well as it can', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x61]);
    const data = refused(bytes, { encoding: 'invalid' });
    expect(data).toMatchObject({ reason: 'encoding', excerpt: '{\uFFFD\uFFFDa', bytes: 4 });
  });

  it('excerpts no more than 300 characters', () => {
    expect(refused(`"${'é'.repeat(5000)}"`).excerpt).toHaveLength(300);
  });

  it('is a rejection of what was too long to keep, with its length, hash and start', () => {
    const note = JSON.stringify({ bytes: 17_000_000, sha256: 'abc', start: '{"id":' });
    const data = refused(note, { format: 'oversize' });
    expect(data).toMatchObject({ reason: 'too_large', bytes: 17_000_000, excerpt: '{"id":' });
    expect(data.detail).toContain('abc');
  });

  it('refuses a post that was filed under another name, or under none', () => {
    const identity = { platform: 'x', instance: '', id: '21' };
    expect(refused(POST, { identity })).toMatchObject({ reason: 'identity' });
    expect(refused(POST, { identity: null }).detail).toContain('x//20');
  });

  it('refuses a key that comes again with another id behind what ingest read', () => {
    expect(refused('{"id_str":"1","text":"a","id_str":"2"}').reason).toBe('identity');
  });

  it('never mixes simulated and real posts', () => {
    const simulated = POST.replace('{', '{"simulated":{"seed":1},');
    expect(made(simulated)).toMatchObject({ type: 'PostEnriched', data: { platform: 'simulated-x' } });
    expect(refused(simulated, { origin: 'real' }).reason).toBe('origin');
    expect(refused(POST, { origin: 'simulated' }).reason).toBe('origin');
    expect(refused('{"simulated":true,"limit":{"track":1}}', { origin: 'real' }).reason).toBe('origin');
  });

  it('is a rejection when the dialect breaks, and the post once it is mended', () => {
    const bytes = Buffer.from(POST);
    const broken = () => {
      throw new TypeError('x is undefined');
    };
    const outcome = outcomeOf(bytes, metaOf(bytes), raw, { 'x.v1': broken });
    expect(outcome).toMatchObject({ type: 'RecordRejected', data: { reason: 'shape' } });
    expect(outcomeOf(bytes, metaOf(bytes), raw).type).toBe('PostEnriched');
  });

  it('keeps ids that JavaScript cannot hold, wherever they stand without a text beside them', () => {
    const json = `{"id":1234567890123456789,"text":"12345678901234567890, \\"9007199254740993\\"","user":{"id":9007199254740993,
      "screen_name":"a","followers_count":12345678901234567},"in_reply_to_status_id":9007199254740995,"quoted_status_id":1.8e18,
      "coordinates":{"type":"Point","coordinates":[-122.39362884000001,37.78]}}`;
    expect(made(json).data).toMatchObject({
      id: '1234567890123456789',
      text: '12345678901234567890, "9007199254740993"',
      author: { id: '9007199254740993' },
      replyTo: '9007199254740995',
      quoteOf: '1800000000000000000',
      geo: { lon: -122.39362884, lat: 37.78, exact: true },
    });
  });

  it('is a control message where the platform says something about posts', () => {
    const json =
      '{"delete":{"status":{"id":1234567890123456789,"user_id":3},"timestamp_ms":"1367676610000"}}';
    expect(made(json)).toMatchObject({
      type: 'ControlSeen',
      occurredAt: '2013-05-04T14:10:10.000Z',
      data: { kind: 'delete', subject: '1234567890123456789' },
    });
  });

  it('passes the deletion of a collection on', () => {
    const outcome = made('{"kind":"CollectionDeleted"}', { format: 'marker', identity: null });
    expect(outcome).toMatchObject({ type: 'MarkerPassed', data: { kind: 'CollectionDeleted' } });
  });
});
