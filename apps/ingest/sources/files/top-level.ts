import { Members } from '#libs/events';

/** A member of an object: where its value begins and ends, and the byte it opens with. */
export interface Member {
  readonly at: number;
  readonly end: number;
  readonly opens: number | undefined;
}
export type TopLevel = ReadonlyMap<string, Member>;

/** The members of the object at `at`, null where it is malformed. The last of two with one key counts. */
export function topLevel(bytes: Buffer, at: number): TopLevel | null {
  const members = new Members(bytes, at);
  const found = new Map<string, Member>();
  while (members.next()) {
    const { valueAt } = members;
    found.set(members.key(), { at: valueAt, end: members.valueEnd(), opens: bytes[valueAt] });
  }
  return members.malformed ? null : found;
}
