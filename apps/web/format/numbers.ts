const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = (n: number): string => grouped.format(n).replace('-', '\u2212');

/** `1 post`, `48,214 posts`; the word is given in the singular. */
export const counted = (n: number, word: string, plural = `${word}s`): string =>
  `${count(n)} ${n === 1 ? word : plural}`;

/** A share with a narrow space before the sign; never rounded up to all nor down to nothing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const share = (100 * part) / whole;
  if (part > 0 && share < 0.1) return '<0.1\u202f%';
  if (part < whole && share > 99.9) return '>99.9\u202f%';
  const digits = share > 0 && share < 10 ? 1 : 0;
  return `${share.toFixed(digits).replace(/\.0$/, '')}\u202f%`;
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function bytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit] ?? ''}`;
}

/** Two significant digits after the point at the most: `2.2`, `0.04`, `1,204`. */
export function ratio(n: number): string {
  if (n >= 100) return count(n);
  if (n >= 10) return n.toFixed(1);
  return n === 0 || n >= 0.01 ? n.toFixed(2) : '<0.01';
}

const words = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** Small numbers as words, for sentences. */
export const inWords = (n: number): string => words[n] ?? count(n);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
