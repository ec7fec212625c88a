import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface NamedResult {
  readonly name: string;
  readonly error: ErrorCode;
  readonly message: string | null;
}

export interface NewTopic {
  readonly name: string;
  /** -1: the broker's default, or as many as `assignments` names. */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly { readonly partition: number; readonly nodes: readonly number[] }[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

export interface CreateTopicsRequest {
  readonly topics: readonly NewTopic[];
  readonly validateOnly: boolean;
}

export const createTopics: Api<CreateTopicsRequest, readonly NamedResult[]> = {
  key: 19,
  min: 2,
  max: 4,
  decode(from) {
    const topics = from.array(() => ({
      name: from.string(),
      partitions: from.int32(),
      replicationFactor: from.int16(),
      assignments: from.array(() => ({ partition: from.int32(), nodes: from.array(() => from.int32()) })),
      configs: from.array(() => ({ name: from.string(), value: from.nullableString() })),
    }));
    from.int32();
    return { topics, validateOnly: from.boolean() };
  },
  encode(to, results) {
    to.int32(0).array(results, ({ name, error, message }) => to.string(name).int16(error).string(message));
  },
};

export const deleteTopics: Api<readonly string[], readonly NamedResult[]> = {
  key: 20,
  min: 1,
  max: 3,
  decode(from) {
    return from.array(() => from.string());
  },
  encode(to, results) {
    to.int32(0).array(results, ({ name, error }) => to.string(name).int16(error));
  },
};

export interface MorePartitions {
  readonly name: string;
  readonly count: number;
  readonly assignments: readonly (readonly number[])[] | null;
}

export interface CreatePartitionsRequest {
  readonly topics: readonly MorePartitions[];
  readonly validateOnly: boolean;
}

export const createPartitions: Api<CreatePartitionsRequest, readonly NamedResult[]> = {
  key: 37,
  min: 0,
  max: 1,
  decode(from) {
    const topics = from.array(() => ({
      name: from.string(),
      count: from.int32(),
      assignments: from.nullableArray(() => from.array(() => from.int32())),
    }));
    from.int32();
    return { topics, validateOnly: from.boolean() };
  },
  encode(to, results) {
    to.int32(0).array(results, ({ name, error, message }) => to.string(name).int16(error).string(message));
  },
};

export interface DeleteRecordsRequest {
  readonly topics: readonly {
    readonly name: string;
    /** Offset -1: all that there is. */
    readonly partitions: readonly { readonly partition: number; readonly offset: number }[];
  }[];
}

export interface RecordsDeleted {
  readonly partition: number;
  readonly lowWatermark: number;
  readonly error: ErrorCode;
}

export interface DeleteRecordsResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly RecordsDeleted[] }[];
}

export const deleteRecords: Api<DeleteRecordsRequest, DeleteRecordsResponse> = {
  key: 21,
  min: 0,
  max: 1,
  decode(from) {
    const topics = from.array(() => ({
      name: from.string(),
      partitions: from.array(() => ({ partition: from.int32(), offset: from.int64() })),
    }));
    from.int32();
    return { topics };
  },
  encode(to, { topics }) {
    to.int32(0).array(topics, ({ name, partitions }) => {
      to.string(name).array(partitions, (answer) =>
        to.int32(answer.partition).int64(answer.lowWatermark).int16(answer.error),
      );
    });
  },
};
