const LEGAL = /^[a-zA-Z0-9._-]{1,249}$/;

/** What is wrong with a topic's name, or undefined. The rule is Kafka's own; it also keeps names safe as folders. */
export function faultOfName(name: string): string | undefined {
  if (LEGAL.test(name) && name !== '.' && name !== '..') return undefined;
  return 'A topic name has 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-", and is not "." or "..".';
}

/** A topic may not have more, so that a slip of the pen does not fill the disk with folders. */
export const MAX_PARTITIONS = 1_000;
