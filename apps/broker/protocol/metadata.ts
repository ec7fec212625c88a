import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface MetadataRequest {
  /** null: all. */
  readonly topics: readonly string[] | null;
  readonly allowCreate: boolean;
}

export interface TopicMetadata {
  readonly error: ErrorCode;
  readonly name: string;
  /** Number of partitions; each is led by the one node. */
  readonly partitions: number;
}

export interface MetadataResponse {
  readonly node: { readonly id: number; readonly host: string; readonly port: number };
  readonly clusterId: string;
  readonly topics: readonly TopicMetadata[];
}

/** The protocol's "authorised operations were not asked for". */
const NOT_ASKED = -2_147_483_648;

export const metadata: Api<MetadataRequest, MetadataResponse> = {
  key: 3,
  min: 0,
  max: 8,
  decode(from, version) {
    const named = from.nullableArray(() => from.string());
    const topics = version === 0 && named?.length === 0 ? null : named;
    return { topics, allowCreate: version >= 4 ? from.boolean() : true };
  },
  encode(to, { node, clusterId, topics }, version) {
    if (version >= 3) to.int32(0);
    to.array([node], ({ id, host, port }) => {
      to.int32(id).string(host).int32(port);
      if (version >= 1) to.string(null);
    });
    if (version >= 2) to.string(clusterId);
    if (version >= 1) to.int32(node.id);
    to.array(topics, (topic) => {
      to.int16(topic.error).string(topic.name);
      if (version >= 1) to.boolean(false);
      to.array([...Array(topic.partitions).keys()], (partition) => {
        to.int16(0).int32(partition).int32(node.id);
        if (version >= 7) to.int32(0);
        to.array([node.id], (id) => to.int32(id)).array([node.id], (id) => to.int32(id));
        if (version >= 5) to.int32(0);
      });
      if (version >= 8) to.int32(NOT_ASKED);
    });
    if (version >= 8) to.int32(NOT_ASKED);
  },
};
