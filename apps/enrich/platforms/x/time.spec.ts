import { describe, expect, it } from '@jest/globals';

import { readEpoch, readTime } from './time.js';

describe('times of X', () => {
  it.each([
    ['Wed Apr 06 19:13:37 +0000 2011', '2011-04-06T19:13:37.000Z'],
    ['Wed, 06 Apr 2011 19:13:37 +0000', '2011-04-06T19:13:37.000Z'],
    ['Fri Dec 31 23:30:00 -0100 2010', '2011-01-01T00:30:00.000Z'],
    ['2010-12-31 14:59:10 +0000', '2010-12-31T14:59:10.000Z'],
    ['2021-04-08T19:34:16.000Z', '2021-04-08T19:34:16.000Z'],
    ['2021-04-08T21:34:16+02:00', '2021-04-08T19:34:16.000Z'],
    ['2021-04-08 19:34:16', '2021-04-08T19:34:16.000Z'],
  ])('%s is %s', (written, read) => {
    expect(readTime(written)).toBe(read);
  });

  it.each(['', 'yesterday', 'Wed Abc 06 19:13:37 +0000 2011', '2021-13-08T19:34:16Z', '2021-04-08', null, 5])(
    '%j is none',
    (written) => {
      expect(readTime(written)).toBeNull();
    },
  );

  it('may be milliseconds', () => {
    expect(readEpoch('1367676610123')).toBe('2013-05-04T14:10:10.123Z');
    expect(readEpoch(1e18)).toBeNull();
    expect(readEpoch('soon')).toBeNull();
  });
});
