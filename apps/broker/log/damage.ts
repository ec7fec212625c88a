/** The data on disk is not what was written there. The broker does not start on it: the message says what to do. */
export class DamagedLog extends Error {
  override readonly name = 'DamagedLog';
}

/** The message for acknowledged records that are gone from `position` of a file on. */
export function damagedAt(file: string, position: number, what: string): DamagedLog {
  return new DamagedLog(
    `${file} is damaged at byte ${position}: ${what}. Records from there on were acknowledged, so nothing is repaired ` +
      `silently. Restore the data folder from a copy. Or, to give up this partition's records from there on: cut the file ` +
      `("truncate -s ${position} ${file}"), delete the log files with higher numbers and the file "checkpoint" beside it, ` +
      `and start again.`,
  );
}
