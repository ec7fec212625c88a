/** An object of parsed JSON whose keys nobody has vouched for. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * An id was written as a number that JavaScript cannot hold, and nowhere as text. Whoever parsed the record parses it
 * again with its long numbers kept as text.
 */
export class InexactIdError extends Error {
  override readonly name = 'InexactIdError';
}

const NOTHING: readonly unknown[] = [];

export function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The value when it is a list, else the empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING;
}

/** The value when it is a text that says something, else null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The value when it is a text, else ''. */
export const textOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A count from 5, 5.0, '5' or, as old posts have it, '100+'; null for anything else and below 0. */
export function count(value: unknown): number | null {
  const read = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  if (typeof read !== 'number' || !(read >= 0 && read <= Number.MAX_SAFE_INTEGER)) return null;
  return Math.trunc(read);
}

/** A finite number, also one written as text; null for anything else. */
export function degrees(value: unknown): number | null {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
}

const DIGITS = /^(?:0|[1-9]\d*)$/;

/**
 * An id as exact decimal: from its text where there is one, else from its number, in the spellings that `recognise`
 * of libs/events knows (7, '7', 7.0, 7e3).
 * @throws InexactIdError when only a number is there that may have lost digits.
 */
export function exactId(asText: unknown, asNumber: unknown): string | null {
  return decimal(asText) ?? decimal(asNumber);
}

function decimal(value: unknown): string | null {
  if (typeof value === 'string') return DIGITS.test(value) ? value : wholeNumber(value);
  if (typeof value !== 'number' || !(value >= 0)) return null;
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isInteger(value)) throw new InexactIdError('an id is a number that JavaScript cannot hold');
  return null;
}

const SCIENTIFIC = /^(0|[1-9]\d*)(?:\.(\d+))?(?:e([+-]?\d{1,2}))?$/i;
const MOST_DIGITS = 40;

function wholeNumber(written: string): string | null {
  const [, whole = '', fraction = '', exponent = '0'] = SCIENTIFIC.exec(written) ?? [];
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (whole === '' || point <= 0 || point > MOST_DIGITS || /[1-9]/.test(digits.slice(point))) return null;
  return digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;
/** Shorter numbers without exponent are exact anyway, and what reads coordinates and counts takes texts as well. */
const HARMLESS = 15;

/** Parses JSON with long numbers kept as text, digit for digit. Several times slower than `JSON.parse`. */
export function parseExact(source: string): unknown {
  return JSON.parse(
    source.replace(STRING_OR_NUMBER, (token) =>
      token.startsWith('"') || (token.length <= HARMLESS && !/e/i.test(token)) ? token : `"${token}"`,
    ),
  );
}
