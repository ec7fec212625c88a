import { at } from './random.js';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param epochMs instant; "Sat Jun 23 22:51:15 +0000 2018" */
export function v1Time(epochMs: number): string {
  const time = new Date(epochMs);
  const two = (value: number) => (value < 10 ? `0${value}` : String(value));
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  const month = at(months, time.getUTCMonth());
  return `${at(days, time.getUTCDay())} ${month} ${two(time.getUTCDate())} ${clock} +0000 ${time.getUTCFullYear()}`;
}
