import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { partitionFor } from './partition.js';

const require = createRequire(import.meta.url);
const kafkajsMurmur2 = require('kafkajs/src/producer/partitioners/default/murmur2.js') as (
  key: string,
) => number;

describe('The partition of a key', () => {
  it('is that of kafkajs for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 2000 })),
        fc.integer({ min: 1, max: 1000 }),
        (key, partitions) => {
          expect(partitionFor(key, partitions)).toBe((kafkajsMurmur2(key) & 0x7fffffff) % partitions);
        },
      ),
    );
  });

  // From UtilsTest.testMurmur2 of Apache Kafka.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])("is that of Kafka's Java client for %s", (key, hash) => {
    expect(partitionFor(key, 2 ** 31)).toBe(hash & 0x7fffffff);
  });
});
