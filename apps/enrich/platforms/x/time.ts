const MONTHS: ReadonlyMap<string, string> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, i) => [
    name,
    String(i + 1).padStart(2, '0'),
  ]),
);
const WORDY = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d) (\d{4})$/;
const MAIL = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/;
const SORTABLE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:Z|([+-]\d\d):?(\d\d))?$/;

/**
 * A time in any of the platform's spellings as ISO 8601 UTC with milliseconds; null where it is none of them.
 * Wed Apr 06 19:13:37 +0000 2011 (v1.1, newer archives), 2010-12-31 14:59:10 +0000 (older archives), ISO 8601 (v2),
 * Wed, 06 Apr 2011 19:13:37 +0000 (searches before v1.1); without a zone it is UTC.
 */
export function readTime(written: unknown): string | null {
  if (typeof written !== 'string') return null;
  const wordy = WORDY.exec(written);
  if (wordy) {
    const [, month, day, time, hours, minutes, year] = wordy;
    return utc(`${year}-${MONTHS.get(`${month}`)}-${day}T${time}${hours}:${minutes}`);
  }
  const mail = MAIL.exec(written);
  if (mail) {
    const [, day, month, year, time, hours, minutes] = mail;
    return utc(`${year}-${MONTHS.get(`${month}`)}-${day}T${time}${hours}:${minutes}`);
  }
  const sortable = SORTABLE.exec(written);
  if (!sortable) return null;
  const [, day, time, hours, minutes] = sortable;
  return utc(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
}

/** Milliseconds since 1970, as a number or as digits, as ISO 8601 UTC; null where it is none. */
export function readEpoch(written: unknown): string | null {
  const ms = typeof written === 'string' && /^\d{1,15}$/.test(written) ? Number(written) : written;
  if (typeof ms !== 'number' || !(ms >= 0 && ms < LATEST)) return null;
  return new Date(ms).toISOString();
}

/** Years beyond four digits have another form, which databases do not take. */
const LATEST = Date.UTC(9999, 11, 31);

function utc(iso: string): string | null {
  const ms = Date.parse(iso);
  return ms > -62_000_000_000_000 && ms < LATEST ? new Date(ms).toISOString() : null;
}
