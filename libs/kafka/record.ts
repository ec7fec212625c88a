/** A record to be appended. Header values are text (or its UTF-8 bytes); `timestamp` in ms, by default now. */
export interface ProduceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | string | null;
  /** A string is written as UTF-8 straight into the request; null is a tombstone. */
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, string | Buffer>> | undefined;
  readonly timestamp?: number | undefined;
}

/** Where an acknowledged record lies. Offsets fit 2^53. */
export interface AppendedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A record as read. Key, value and headers are views of the fetched bytes: copy what is kept for long. */
export interface LogRecord {
  readonly offset: number;
  /** Milliseconds since 1970, as the producer gave it. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
  /** Decoded from UTF-8 when first asked for; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Consecutive records of one partition. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  /** In ascending order of offset; after compaction with gaps. */
  readonly messages: readonly LogRecord[];
  /** The offset after the last record here, gaps included: where reading goes on. */
  readonly next: number;
  /** The offset after the last record that consumers may see. */
  readonly highWatermark: number;
}
