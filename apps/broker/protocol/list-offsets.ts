import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export const LATEST = -1;
export const EARLIEST = -2;

export interface ListOffsetsRequest {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
  }[];
}

export interface PartitionOffset {
  readonly partition: number;
  readonly error: ErrorCode;
  readonly timestamp: number;
  readonly offset: number;
}

export interface ListOffsetsResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionOffset[] }[];
}

export const listOffsets: Api<ListOffsetsRequest, ListOffsetsResponse> = {
  key: 2,
  min: 1,
  max: 5,
  decode(from, version) {
    from.int32(); // replica id
    if (version >= 2) from.int8();
    const topics = from.array(() => ({
      name: from.string(),
      partitions: from.array(() => {
        const partition = from.int32();
        if (version >= 4) from.int32();
        return { partition, timestamp: from.int64() };
      }),
    }));
    return { topics };
  },
  encode(to, { topics }, version) {
    if (version >= 2) to.int32(0);
    to.array(topics, ({ name, partitions }) => {
      to.string(name).array(partitions, (answer) => {
        to.int32(answer.partition).int16(answer.error).int64(answer.timestamp).int64(answer.offset);
        if (version >= 4) to.int32(answer.error === 0 ? 0 : -1);
      });
    });
  },
};
