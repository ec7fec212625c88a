import type { TimelineBin } from '#libs/api';

export type Bucket = 'minute' | 'hour' | 'day';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const lengthOf: Readonly<Record<Bucket, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** How many bins may become one bar, so that bars stay wide enough to be seen and hit. */
const steps: Readonly<Record<Bucket, readonly number[]>> = {
  minute: [1, 2, 5, 10, 15, 30],
  hour: [1, 2, 3, 6, 12],
  day: [1, 2, 7, 14, 28, 91, 182, 364],
};

export interface Bin {
  /** Epoch ms, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
  readonly posts: number;
}

export interface Bins {
  readonly bins: readonly Bin[];
  /** Length of one bar in ms. */
  readonly step: number;
  readonly posts: number;
}

/** The bucket in which a span of this many ms reads best. */
export function bestBucket(span: number): Bucket {
  if (span <= 5 * HOUR) return 'minute';
  return span <= 15 * DAY ? 'hour' : 'day';
}

/** A bucket that would need more than this many bars even when joined is not offered. */
export function bucketFits(bucket: Bucket, span: number, most: number): boolean {
  const list = steps[bucket];
  const longest = (list[list.length - 1] ?? 1) * lengthOf[bucket];
  return bucket === 'day' || span / longest <= most;
}

/** Joins the sparse bins of the API to at most about `most` evenly spaced bars; bars without posts are zero. */
export function joinBins(items: readonly TimelineBin[], bucket: Bucket, most: number): Bins {
  const times = items.map((item) => Date.parse(item.at));
  const first = Math.min(...times);
  const last = Math.max(...times);
  if (items.length === 0 || !Number.isFinite(first)) return { bins: [], step: lengthOf[bucket], posts: 0 };
  const unit = lengthOf[bucket];
  const spanned = (last - first) / unit + 1;
  const fitting = steps[bucket].find((n) => spanned / n <= most);
  const step = unit * (fitting ?? Math.ceil(spanned / most));
  const start = Math.floor(first / step) * step;
  const bars = Math.floor((last - start) / step) + 1;
  const sums = Array.from({ length: bars }, () => 0);
  let posts = 0;
  items.forEach((item, i) => {
    const bar = Math.floor(((times[i] ?? start) - start) / step);
    sums[bar] = (sums[bar] ?? 0) + item.count;
    posts += item.count;
  });
  const bins = sums.map((n, i) => ({ from: start + i * step, to: start + (i + 1) * step, posts: n }));
  return { bins, step, posts };
}

/** Four or five grid lines at round numbers, from zero; the last is below or at the highest bar. */
export function niceTicks(max: number): number[] {
  if (max <= 0) return [0];
  const rough = max / 4.4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((f) => f * power >= rough) ?? 10;
  const step = Math.max(1, factor * power);
  const ticks: number[] = [];
  for (let tick = 0; tick <= max; tick += step) ticks.push(tick);
  return ticks;
}

/** `minute`, `6 hours`: the length of a bar in words. */
export function stepName(step: number): string {
  const [size, word] =
    step % DAY === 0 ? [DAY, 'day'] : step % HOUR === 0 ? [HOUR, 'hour'] : [MINUTE, 'minute'];
  const n = Math.round(step / size);
  return n === 1 ? word : `${n} ${word}s`;
}

export interface Mark {
  readonly at: number;
  readonly text: string;
}

interface Scale {
  readonly every: (at: Date) => boolean;
  readonly text: (at: Date) => string;
}

const two = (n: number): string => String(n).padStart(2, '0');
const short = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const monthName = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short' });

const timeOf = (at: Date): string => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
const monthOrYear = (at: Date): string =>
  at.getUTCMonth() === 0 ? String(at.getUTCFullYear()) : monthName.format(at).slice(0, 3);
const startsMonth = (at: Date): boolean => at.getUTCDate() === 1;

function minuteScale(minutes: number): Scale {
  return {
    every: (at) => (at.getTime() / MINUTE) % minutes === 0,
    text: (at) => (timeOf(at) === '00:00' ? dayMonth.format(at) : timeOf(at)),
  };
}

const scales: readonly (readonly [unit: number, Scale])[] = [
  [MINUTE, minuteScale(5)],
  [MINUTE, minuteScale(15)],
  [MINUTE, minuteScale(60)],
  [MINUTE, minuteScale(180)],
  [MINUTE, minuteScale(360)],
  [DAY, { every: () => true, text: (at) => short.format(at) }],
  [DAY, { every: (at) => (at.getTime() / DAY) % 2 === 0, text: (at) => dayMonth.format(at) }],
  [DAY, { every: (at) => (at.getTime() / DAY + 3) % 7 === 0, text: (at) => dayMonth.format(at) }],
  [DAY, { every: startsMonth, text: monthOrYear }],
  [DAY, { every: (at) => startsMonth(at) && at.getUTCMonth() % 3 === 0, text: monthOrYear }],
];

function marksOf(unit: number, scale: Scale, from: number, to: number): Mark[] {
  const marks: Mark[] = [];
  for (let at = Math.ceil(from / unit) * unit; at < to; at += unit) {
    const date = new Date(at);
    if (scale.every(date)) marks.push({ at, text: scale.text(date) });
  }
  return marks;
}

/** Where the axis is labelled: the finest round times of which at most `most` fall into the span. */
export function timeMarks(from: number, to: number, most: number): Mark[] {
  for (const [unit, scale] of scales) {
    if ((to - from) / unit > 40_000) continue;
    const marks = marksOf(unit, scale, from, to);
    if (marks.length <= most) return marks;
  }
  const years = new Date(to).getUTCFullYear() - new Date(from).getUTCFullYear() + 1;
  const stride = Math.max(1, Math.ceil(years / most));
  const first = new Date(from).getUTCFullYear();
  return Array.from({ length: years }, (_, i) => first + i)
    .filter((year) => year % stride === 0 && Date.UTC(year) >= from)
    .map((year) => ({ at: Date.UTC(year), text: String(year) }));
}
