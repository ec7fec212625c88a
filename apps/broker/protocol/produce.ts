import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface PartitionRecords {
  readonly partition: number;
  /** A view into the request: valid until the answer is given. */
  readonly records: Buffer | null;
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionRecords[] }[];
}

export interface PartitionProduced {
  readonly partition: number;
  readonly error: ErrorCode;
  readonly baseOffset: number;
  readonly logStartOffset: number;
  readonly message: string | null;
}

export interface ProduceResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionProduced[] }[];
}

export const produce: Api<ProduceRequest, ProduceResponse> = {
  key: 0,
  min: 0,
  max: 8,
  decode(from, version) {
    const transactionalId = version >= 3 ? from.nullableString() : null;
    const acks = from.int16();
    from.int32(); // The timeout is for replicas; there are none.
    const topics = from.array(() => ({
      name: from.string(),
      partitions: from.array(() => ({ partition: from.int32(), records: from.nullableBytes() })),
    }));
    return { transactionalId, acks, topics };
  },
  encode(to, { topics }, version) {
    to.array(topics, ({ name, partitions }) => {
      to.string(name).array(partitions, (answer) => {
        to.int32(answer.partition).int16(answer.error).int64(answer.baseOffset);
        if (version >= 2) to.int64(-1); // No append time: records keep the time of their creation.
        if (version >= 5) to.int64(answer.logStartOffset);
        if (version >= 8) to.array([], () => undefined).string(answer.message);
      });
    });
    if (version >= 1) to.int32(0);
  },
};
