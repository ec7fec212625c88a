import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface TopicPartitions<P> {
  readonly name: string;
  readonly partitions: readonly P[];
}

export interface PartitionError {
  readonly partition: number;
  readonly error: ErrorCode;
}

export interface PartitionCommit {
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

export interface OffsetCommitRequest {
  readonly groupId: string;
  /** -1 where the group has no members and someone sets its offsets by hand. */
  readonly generation: number;
  readonly memberId: string;
  readonly topics: readonly TopicPartitions<PartitionCommit>[];
}

export const offsetCommit: Api<OffsetCommitRequest, readonly TopicPartitions<PartitionError>[]> = {
  key: 8,
  min: 2,
  max: 7,
  decode(from, version) {
    const groupId = from.string();
    const generation = from.int32();
    const memberId = from.string();
    if (version >= 7) from.nullableString();
    if (version <= 4) from.int64(); // Retention: offsets stay as long as their group and topic.
    const topics = from.array(() => ({
      name: from.string(),
      partitions: from.array(() => ({
        partition: from.int32(),
        offset: from.int64(),
        leaderEpoch: version >= 6 ? from.int32() : -1,
        metadata: from.nullableString(),
      })),
    }));
    return { groupId, generation, memberId, topics };
  },
  encode(to, topics, version) {
    if (version >= 3) to.int32(0);
    to.array(topics, ({ name, partitions }) => {
      to.string(name).array(partitions, ({ partition, error }) => to.int32(partition).int16(error));
    });
  },
};

export interface OffsetFetchRequest {
  readonly groupId: string;
  /** null: all that the group has. */
  readonly topics: readonly TopicPartitions<number>[] | null;
}

export interface PartitionCommitted extends PartitionCommit {
  readonly error: ErrorCode;
}

export interface OffsetFetchResponse {
  readonly error: ErrorCode;
  readonly topics: readonly TopicPartitions<PartitionCommitted>[];
}

export const offsetFetch: Api<OffsetFetchRequest, OffsetFetchResponse> = {
  key: 9,
  min: 1,
  max: 5,
  decode(from) {
    const groupId = from.string();
    const topics = from.nullableArray(() => ({
      name: from.string(),
      partitions: from.array(() => from.int32()),
    }));
    return { groupId, topics };
  },
  encode(to, { error, topics }, version) {
    if (version >= 3) to.int32(0);
    to.array(topics, ({ name, partitions }) => {
      to.string(name).array(partitions, (answer) => {
        to.int32(answer.partition).int64(answer.offset);
        if (version >= 5) to.int32(answer.leaderEpoch);
        to.string(answer.metadata).int16(answer.error);
      });
    });
    if (version >= 2) to.int16(error);
  },
};

export interface OffsetDeleteRequest {
  readonly groupId: string;
  readonly topics: readonly TopicPartitions<number>[];
}

export interface OffsetDeleteResponse {
  readonly error: ErrorCode;
  readonly topics: readonly TopicPartitions<PartitionError>[];
}

export const offsetDelete: Api<OffsetDeleteRequest, OffsetDeleteResponse> = {
  key: 47,
  min: 0,
  max: 0,
  decode(from) {
    const groupId = from.string();
    const topics = from.array(() => ({ name: from.string(), partitions: from.array(() => from.int32()) }));
    return { groupId, topics };
  },
  encode(to, { error, topics }) {
    to.int16(error)
      .int32(0)
      .array(topics, ({ name, partitions }) => {
        to.string(name).array(partitions, (answer) => to.int32(answer.partition).int16(answer.error));
      });
  },
};
