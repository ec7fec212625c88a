/** Text as Postgres and the log can hold it: no half characters (they become U+FFFD), no NUL. */
export const storable = (text: string): string => Buffer.from(text).toString().replaceAll('\u0000', '');
