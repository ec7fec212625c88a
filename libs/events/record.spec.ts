import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { partitionKey, rawHeaders, type RawMeta, readRawMeta, recordKey } from './record.js';

const meta: RawMeta = {
  collection: 'c',
  job: 'j',
  source: 'j.0',
  position: 7,
  identity: { platform: 'x', instance: '', id: '1234567890123456789' },
  format: 'x.v1',
  encoding: 'utf-8',
  place: { line: 3, offset: 120 },
  collectedAt: '2026-01-01T00:00:00.000Z',
  origin: 'real',
  replayOf: null,
};

describe('headers of a raw record', () => {
  it('bring back everything that was written', () => {
    const place = fc.option(fc.nat());
    const anyMeta = fc.record({
      collection: fc.stringMatching(/^[a-z0-9]{1,12}$/),
      position: fc.nat(),
      identity: fc.option(
        fc.record({
          platform: fc.constant('x'),
          instance: fc.constantFrom('', 'toot.example'),
          id: fc.stringMatching(/^[^/]{1,20}$/),
        }),
      ),
      encoding: fc.constantFrom('utf-8' as const, 'invalid' as const),
      place: fc.record({ line: place, offset: place }),
      origin: fc.constantFrom('real' as const, 'simulated' as const),
      replayOf: fc.option(fc.record({ partition: fc.nat({ max: 11 }), offset: fc.nat() })),
    });
    fc.assert(
      fc.property(anyMeta, (some) => {
        const written: RawMeta = { ...meta, ...some };
        expect(readRawMeta(rawHeaders(written))).toEqual(written);
      }),
    );
  });

  it('name the header that is missing or unreadable', () => {
    const { job: _, ...without } = rawHeaders(meta);
    expect(() => readRawMeta(without)).toThrow('"job"');
    expect(() => readRawMeta({ ...rawHeaders(meta), position: 'x' })).toThrow('"position"');
    expect(() => readRawMeta({ ...rawHeaders(meta), format: 'y' })).toThrow('"format"');
  });
});

describe('the partition of a raw record', () => {
  it('goes by the post, so that all its copies keep their order', () => {
    expect(partitionKey({ ...meta, source: 'other.1', position: 99 })).toBe(partitionKey(meta));
    expect(partitionKey({ ...meta, collection: 'd' })).not.toBe(partitionKey(meta));
  });

  it('goes by the place in the source where there is no post', () => {
    expect(partitionKey({ ...meta, identity: null })).toBe('j.0/7');
  });
});

describe('the key of a raw record', () => {
  it('differs with each append', () => {
    expect(recordKey(meta, 'a')).not.toBe(recordKey(meta, 'b'));
  });
});
