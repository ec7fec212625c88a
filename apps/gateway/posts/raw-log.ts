/** Reads single records of `posts.raw.v1`. `LogReader` of libs/kafka is one. */
export interface RawLog {
  /** Null where that offset holds no record (any more). */
  read(topic: string, partition: number, offset: number): Promise<{ readonly value: Buffer | null } | null>;
}
