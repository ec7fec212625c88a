/** All times of the page are UTC, as the bins of the API are, so that a number means the same wherever it is read. */
const make = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hourCycle: 'h23', ...options });

const clockFormat = make({ hour: '2-digit', minute: '2-digit' });
const secondsFormat = make({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayFormat = make({ day: 'numeric', month: 'short' });
const yearDayFormat = make({ day: 'numeric', month: 'short', year: 'numeric' });
const longDayFormat = make({ day: 'numeric', month: 'long', year: 'numeric' });
const weekdayFormat = make({ weekday: 'short', day: 'numeric', month: 'short' });
const monthFormat = make({ month: 'short', year: 'numeric' });

export const clock = (at: Date): string => clockFormat.format(at);
export const clockSeconds = (at: Date): string => secondsFormat.format(at);
export const day = (at: Date): string => dayFormat.format(at);
export const dayOfYear = (at: Date): string => yearDayFormat.format(at).replace('Sept', 'Sep');
export const longDay = (at: Date): string => longDayFormat.format(at);
export const weekday = (at: Date): string => weekdayFormat.format(at).replace(',', '').replace('Sept', 'Sep');
export const month = (at: Date): string => monthFormat.format(at).replace('Sept', 'Sep');
export const moment = (at: Date): string => `${dayOfYear(at)}, ${clock(at)}`;
export const momentSeconds = (at: Date): string => `${dayOfYear(at)}, ${clockSeconds(at)}`;

const DAY = 86_400_000;

/** The shortest form that is still clear on the day of `now`. */
export function when(at: Date, now: Date): string {
  const sameDay = at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10);
  if (sameDay) return clockSeconds(at);
  const recent = Math.abs(now.getTime() - at.getTime()) < 300 * DAY;
  return recent ? `${day(at)}, ${clock(at)}` : dayOfYear(at);
}

/** `from Tue 17 Nov to Sat 21 Nov 2026`: the span of a collection, as a phrase. */
export function span(first: Date, last: Date): string {
  const length = last.getTime() - first.getTime();
  if (first.toISOString().slice(0, 10) === last.toISOString().slice(0, 10)) {
    return `on ${longDay(first)}, between ${clock(first)} and ${clock(last)}`;
  }
  if (length < 7 * DAY)
    return `from ${weekday(first)}, ${clock(first)}, to ${weekday(last)} ${last.getUTCFullYear()}, ${clock(last)}`;
  const sameYear = first.getUTCFullYear() === last.getUTCFullYear();
  return `from ${sameYear ? day(first) : dayOfYear(first)} to ${dayOfYear(last)}`;
}

/** `4 minutes`, `1 hour 20 minutes`: rounded as one would say it. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
