import { opensAt, stringAt, tokenAt } from './json-members.js';

const PLAIN = /^(?:0|[1-9]\d{0,39})$/u;
const DECIMAL = /^(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/u;
/** Longer than any id; keeps `1e999` from becoming a thousand digits. */
const MOST_DIGITS = 40;

/**
 * The whole number that the JSON number or string at `at` writes (`1`, `"1"`, `1.0`, `1e3`), digit for digit.
 * Null where it is none, is negative, has leading zeros, or is longer than any id.
 */
export function exactDecimal(bytes: Buffer, at: number): string | null {
  if (at < 0) return null;
  const token = opensAt(bytes, at, '"') ? stringAt(bytes, at) : tokenAt(bytes, at);
  if (token === null || PLAIN.test(token)) return token;
  const [, whole, fraction = '', exponent = '0'] = DECIMAL.exec(token) ?? [];
  return whole === undefined ? null : moved(whole + fraction, whole.length + Number(exponent));
}

/** The digits with the point after `point` of them, null where that leaves a fraction. */
function moved(digits: string, point: number): string | null {
  const significant = digits.replace(/^0+/u, '');
  if (significant === '') return '0';
  const kept = point - (digits.length - significant.length);
  if (kept <= 0 || kept > MOST_DIGITS || /[^0]/u.test(significant.slice(kept))) return null;
  return significant.slice(0, kept).padEnd(kept, '0');
}
