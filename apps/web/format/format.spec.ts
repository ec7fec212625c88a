import { describe, expect, it } from '@jest/globals';

import { bytes, count, counted, percent, ratio } from './numbers.js';
import { duration, span, when } from './time.js';
import { direction, languageName, listed } from './words.js';

describe('numbers as people read them', () => {
  it('groups thousands, and knows one from many', () => {
    expect([
      count(1_204_880),
      counted(1, 'post'),
      counted(0, 'post'),
      counted(2, 'person', 'people'),
    ]).toEqual(['1,204,880', '1 post', '0 posts', '2 people']);
  });

  it('never rounds a share up to all, nor down to nothing', () => {
    expect([
      percent(99_999, 100_000),
      percent(1, 100_000),
      percent(1, 1),
      percent(48, 1_000),
      percent(1, 0),
    ]).toEqual(['>99.9\u202f%', '<0.1\u202f%', '100\u202f%', '4.8\u202f%', '–']);
  });

  it('says sizes and ratios short', () => {
    expect([bytes(512), bytes(1_900_000_000), bytes(88_000)]).toEqual(['512 bytes', '1.9 GB', '88 kB']);
    expect([ratio(2.2), ratio(0), ratio(0.001), ratio(1_310.4)]).toEqual(['2.20', '0.00', '<0.01', '1,310']);
  });
});

describe('times', () => {
  it('names the span of a collection', () => {
    const first = new Date('2026-11-17T06:01:00Z');
    expect(span(first, new Date('2026-11-17T09:00:00Z'))).toBe(
      'on 17 November 2026, between 06:01 and 09:00',
    );
    expect(span(first, new Date('2026-11-21T13:58:00Z'))).toBe(
      'from Tue 17 Nov, 06:01, to Sat 21 Nov 2026, 13:58',
    );
    expect(span(new Date('2009-05-01T00:00:00Z'), first)).toBe('from 1 May 2009 to 17 Nov 2026');
  });

  it('is short on the day itself and clear later', () => {
    const now = new Date('2026-11-21T14:20:08Z');
    expect(when(new Date('2026-11-21T14:20:05Z'), now)).toBe('14:20:05');
    expect(when(new Date('2026-11-19T21:48:00Z'), now)).toBe('19 Nov, 21:48');
    expect(when(new Date('2019-11-02T21:48:00Z'), now)).toBe('2 Nov 2019');
  });

  it('rounds durations as one would say them', () => {
    expect([duration(400), duration(80_000), duration(240_000), duration(7_300_000)]).toEqual([
      '1 second',
      '80 seconds',
      '4 minutes',
      '2 hours',
    ]);
  });
});

describe('words', () => {
  it('takes the direction from the text, not from its tags', () => {
    expect(direction('@stormwatch #benedikt سواحل بحر الشمال')).toBe('rtl');
    expect(direction('Sturm #عاصفة')).toBe('ltr');
    expect(direction('#עברית')).toBe('rtl');
    expect(direction('🌊 42')).toBe('ltr');
  });

  it('names languages, also those that only the platform knows', () => {
    expect([
      languageName('de'),
      languageName('in'),
      languageName('und'),
      languageName('no such tag'),
    ]).toEqual(['German', 'Indonesian', 'Not known', 'no such tag']);
  });

  it('lists things in a sentence', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});
