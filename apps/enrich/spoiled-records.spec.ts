import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { samplePosts } from '#libs/sample';

import { encodeOutcome } from './encode-outcome.js';
import { outcomeOf } from './outcome-of.js';
import { metaOf } from './raw-meta.fixture.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const start = new Date('2026-01-01T00:00:00.000Z');
const written = [...samplePosts({ posts: 60, seed: 4, start })].map(String);
const v2: Json = {
  data: {
    id: '1',
    author_id: '10',
    text: 'RT @Carl: a',
    created_at: '2021-04-08T19:34:16.000Z',
    referenced_tweets: [{ type: 'retweeted', id: '5' }],
    entities: {
      hashtags: [{ tag: 'a' }],
      mentions: [{ username: 'b', id: '3' }],
      urls: [{ expanded_url: 'u' }],
    },
    attachments: { media_keys: ['3_1'] },
    geo: { place_id: 'p', coordinates: { type: 'Point', coordinates: [1, 2] } },
    public_metrics: { retweet_count: 4 },
    note_tweet: { text: 'long', entities: { urls: [] } },
  },
  includes: {
    users: [{ id: '10', username: 'Ann', public_metrics: { followers_count: 1 } }],
    tweets: [{ id: '5', author_id: '11', text: 'a', attachments: { media_keys: ['3_1'] } }],
    media: [
      { media_key: '3_1', type: 'video', variants: [{ content_type: 'video/mp4', url: 'v', bit_rate: 5 }] },
    ],
    places: [{ id: 'p', geo: { bbox: [1, 2, 3, 4] } }],
  },
};
const records: Json[] = [...written.map((line): Json => JSON.parse(line)), v2];

/** Puts `value` in place of one part of `json`, which the numbers of `way` lead to. */
function spoil(json: Json, way: readonly number[], value: Json): Json {
  const [turn, ...rest] = way;
  if (turn === undefined || typeof json !== 'object' || json === null) return value;
  const keys = Object.keys(json);
  const key = keys[turn % Math.max(1, keys.length)];
  if (key === undefined) return value;
  if (Array.isArray(json))
    return json.map((item, i) => (String(i) === key ? spoil(item, rest, value) : item));
  return { ...json, [key]: spoil(json[key] ?? null, rest, value) };
}

describe('records of which a part is anything', () => {
  const anyValue = fc.oneof(fc.jsonValue(), fc.constantFrom(1e300, '', '7', 2 ** 53)) as fc.Arbitrary<Json>;
  const way = fc.array(fc.nat(40), { minLength: 1, maxLength: 5 });

  it('have one outcome each, in storable JSON, and trip no dialect', () => {
    const property = fc.property(fc.constantFrom(...records), way, anyValue, (record, turns, value) => {
      const bytes = Buffer.from(JSON.stringify(spoil(record, turns, value)));
      const outcome = outcomeOf(bytes, metaOf(bytes), { partition: 0, offset: 0 });
      const refused = outcome.type === 'RecordRejected' ? outcome.data : null;
      expect(refused?.detail ?? '').not.toMatch(/built in a way/);
      expect(['identity', 'encoding', 'too_large']).not.toContain(refused?.reason);
      expect(JSON.parse(encodeOutcome(outcome)).id).toBe('0:0');
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('have one outcome each also when their bytes are cut', () => {
    const property = fc.property(fc.constantFrom(...records), fc.nat(6_000), (record, length) => {
      const bytes = Buffer.from(JSON.stringify(record)).subarray(0, length);
      expect(outcomeOf(bytes, metaOf(bytes), { partition: 0, offset: 0 }).id).toBe('0:0');
    });
    fc.assert(property, { numRuns: 300 });
  });
});
