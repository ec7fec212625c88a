import { describe, expect, it } from '@jest/globals';

import { bestBucket, bucketFits, joinBins, niceTicks, stepName, timeMarks } from './bins.js';

const HOUR = 3_600_000;
const at = (iso: string, count: number) => ({ at: iso, count });

describe('bins of time', () => {
  it('fills the hours between with zero and loses no post', () => {
    const { bins, posts, step } = joinBins(
      [at('2026-11-19T21:00:00.000Z', 5), at('2026-11-19T23:00:00.000Z', 2)],
      'hour',
      180,
    );
    expect(bins.map((bin) => bin.posts)).toEqual([5, 0, 2]);
    expect([posts, step]).toEqual([7, HOUR]);
  });

  it('joins bins when there are more than may be drawn, and still counts every post', () => {
    const items = Array.from({ length: 1_000 }, (_, i) =>
      at(new Date(Date.UTC(2026, 0, 1) + i * HOUR).toISOString(), 1),
    );
    const { bins, posts, step } = joinBins(items, 'hour', 180);
    expect(bins.length).toBeLessThanOrEqual(180);
    expect([posts, step]).toEqual([1_000, 6 * HOUR]);
    expect(bins.every((bin) => bin.to - bin.from === step)).toBe(true);
  });

  it('takes eighteen years by the minute without drawing nine million bars', () => {
    const { bins, posts } = joinBins(
      [at('2008-01-01T00:00:00.000Z', 1), at('2026-01-01T00:00:00.000Z', 3)],
      'minute',
      180,
    );
    expect(bins.length).toBeLessThanOrEqual(182);
    expect(posts).toBe(4);
  });

  it('has no bars where there are no posts', () => {
    expect(joinBins([], 'day', 180)).toEqual({ bins: [], step: 24 * HOUR, posts: 0 });
  });

  it('chooses and offers buckets by the span', () => {
    expect([bestBucket(HOUR), bestBucket(100 * HOUR), bestBucket(9_000 * HOUR)]).toEqual([
      'minute',
      'hour',
      'day',
    ]);
    expect(bucketFits('minute', 24 * HOUR, 180)).toBe(true);
    expect(bucketFits('minute', 1_000 * HOUR, 180)).toBe(false);
    expect(bucketFits('day', 1e15, 180)).toBe(true);
  });

  it.each([
    [0, [0]],
    [3, [0, 1, 2, 3]],
    [353, [0, 100, 200, 300]],
    [2_310, [0, 1_000, 2_000]],
  ])('draws grid lines for %d at round numbers', (max, ticks) => {
    expect(niceTicks(max)).toEqual(ticks);
  });

  it('names the length of a bar', () => {
    expect([
      stepName(60_000),
      stepName(HOUR),
      stepName(6 * HOUR),
      stepName(24 * HOUR),
      stepName(7 * 24 * HOUR),
    ]).toEqual(['minute', 'hour', '6 hours', 'day', '7 days']);
  });

  it.each([2, 40, 600, 9_000, 150_000, 900_000])(
    'labels %d hours with at most seven round times',
    (hours) => {
      const from = Date.UTC(2009, 4, 1, 3, 17);
      const marks = timeMarks(from, from + hours * HOUR, 7);
      expect(marks.length).toBeLessThanOrEqual(7);
      expect(marks.every((mark) => mark.at >= from && mark.at <= from + hours * HOUR)).toBe(true);
    },
  );
});
