/** Key of the first record of every partition. No other record has it. */
export const LOG_STARTED = 'LogStarted';

/** The identity of a log: drawn when the topic is made, the same in all of its partitions. */
export interface LogStarted {
  readonly kind: typeof LOG_STARTED;
  readonly log: string;
  readonly partitions: number;
}

/** The record that the maker of a topic writes first into each partition. */
export function logStartedRecord(log: string, partitions: number): { key: string; value: Buffer } {
  const value: LogStarted = { kind: LOG_STARTED, log, partitions };
  return { key: LOG_STARTED, value: Buffer.from(JSON.stringify(value)) };
}

export function isLogStarted(key: Uint8Array | string | null | undefined): boolean {
  return key?.toString() === LOG_STARTED;
}

/** @throws SyntaxError or TypeError when the record is none. */
export function parseLogStarted(value: Uint8Array): LogStarted {
  const parsed = JSON.parse(new TextDecoder().decode(value)) as Partial<LogStarted>;
  if (
    parsed.kind !== LOG_STARTED ||
    typeof parsed.log !== 'string' ||
    typeof parsed.partitions !== 'number'
  ) {
    throw new TypeError('the first record of the partition does not name its log');
  }
  return { kind: LOG_STARTED, log: parsed.log, partitions: parsed.partitions };
}
