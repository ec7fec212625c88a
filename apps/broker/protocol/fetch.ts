import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface PartitionFetch {
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly maxWait: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly sessionId: number;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionFetch[] }[];
}

export interface PartitionFetched {
  readonly partition: number;
  readonly error: ErrorCode;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** Whole batches; referenced, not copied, by the encoder. */
  readonly records: Buffer | null;
}

export interface FetchResponse {
  readonly error: ErrorCode;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionFetched[] }[];
}

export const fetch: Api<FetchRequest, FetchResponse> = {
  key: 1,
  min: 4,
  max: 11,
  decode(from, version) {
    from.int32(); // replica id
    const maxWait = from.int32();
    const minBytes = from.int32();
    const maxBytes = from.int32();
    from.int8(); // Isolation level: without transactions every record is committed.
    const sessionId = version >= 7 ? from.int32() : 0;
    if (version >= 7) from.int32();
    const topics = from.array(() => ({
      name: from.string(),
      partitions: from.array(() => {
        const partition = from.int32();
        if (version >= 9) from.int32();
        const offset = from.int64();
        if (version >= 5) from.int64();
        return { partition, offset, maxBytes: from.int32() };
      }),
    }));
    return { maxWait, minBytes, maxBytes, sessionId, topics };
  },
  encode(to, { error, topics }, version) {
    to.int32(0);
    // Session id 0: no incremental fetch sessions; every client then names all of its partitions.
    if (version >= 7) to.int16(error).int32(0);
    to.array(topics, ({ name, partitions }) => {
      to.string(name).array(partitions, (answer) => {
        to.int32(answer.partition)
          .int16(answer.error)
          .int64(answer.highWatermark)
          .int64(answer.highWatermark);
        if (version >= 5) to.int64(answer.logStartOffset);
        to.int32(-1); // no aborted transactions
        if (version >= 11) to.int32(-1);
        to.gather(answer.records === null ? [] : [answer.records]);
      });
    });
  },
};
