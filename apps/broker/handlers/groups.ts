import { type Group } from '../groups/group.js';
import { DiskFull, type OffsetChange } from '../groups/offset-store.js';
import { ErrorCode } from '../protocol/error-code.js';
import { deleteGroups, describeGroups, listGroups } from '../protocol/group-admin.js';
import {
  type OffsetCommitRequest,
  type OffsetFetchRequest,
  type PartitionCommit,
  offsetCommit,
  offsetDelete,
  offsetFetch,
} from '../protocol/group-offsets.js';
import { heartbeat, joinGroup, leaveGroup, syncGroup } from '../protocol/membership.js';
import { type Route, route } from '../server/route.js';
import { type Context } from './context.js';

/** Kafka's own `offset.metadata.max.bytes`. */
const MAX_METADATA_BYTES = 4096;

const NOTHING = Buffer.alloc(0);

export function groupRoutes(context: Context): Route[] {
  const { groups } = context;
  return [
    route(joinGroup, (request, { clientId, host }) => groups.join(request, { clientId, host })),
    route(
      syncGroup,
      (request) =>
        groups.find(request.groupId)?.sync(request) ?? {
          error: ErrorCode.unknownMemberId,
          assignment: NOTHING,
        },
    ),
    route(heartbeat, ({ groupId, memberId, generation }) => ({
      error: groups.find(groupId)?.heartbeat(memberId, generation) ?? ErrorCode.unknownMemberId,
    })),
    route(leaveGroup, ({ groupId, members }) => {
      const group = groups.find(groupId);
      const left = members.map((memberId) => ({
        memberId,
        error: group?.leave(memberId) ?? ErrorCode.unknownMemberId,
      }));
      return { error: ErrorCode.none, members: left };
    }),
    route(describeGroups, (ids) => ids.map((id) => groups.describe(id))),
    route(listGroups, () => groups.list()),
    route(deleteGroups, (ids) =>
      Promise.all(ids.map(async (id) => ({ id, error: await storing(() => groups.delete(id)) }))),
    ),
    route(offsetCommit, (request) => commit(context, request)),
    route(offsetFetch, (request) => committed(context, request)),
    route(offsetDelete, async ({ groupId, topics }) => {
      const error = faultOfDelete(groups.find(groupId), groups.offsets.has(groupId));
      if (error !== ErrorCode.none) return { error, topics: [] };
      const changes = topics.flatMap(({ name, partitions }) =>
        partitions.map((partition) => ({ topic: name, partition, committed: null })),
      );
      const stored = await storing(() => groups.offsets.change(groupId, changes));
      const answers = topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => ({ partition, error: stored })),
      }));
      return { error: ErrorCode.none, topics: answers };
    }),
  ];
}

/** A full disk is the client's to retry; anything else is no answer at all. */
async function storing(action: () => Promise<ErrorCode | void>): Promise<ErrorCode> {
  try {
    return (await action()) ?? ErrorCode.none;
  } catch (error) {
    if (error instanceof DiskFull) return ErrorCode.kafkaStorageError;
    throw error;
  }
}

/** Which topics a member reads is inside its metadata; without opening that, no offset of a living group goes. */
function faultOfDelete(group: Group | undefined, hasOffsets: boolean): ErrorCode {
  if (group && group.state !== 'Empty') return ErrorCode.nonEmptyGroup;
  return group || hasOffsets ? ErrorCode.none : ErrorCode.groupIdNotFound;
}

async function commit({ groups, topics }: Context, request: OffsetCommitRequest) {
  const group = groups.find(request.groupId);
  const unheld = request.generation < 0 ? ErrorCode.none : ErrorCode.illegalGeneration;
  const refused = group ? group.faultOfCommit(request.memberId, request.generation) : unheld;
  const changes: OffsetChange[] = [];
  const answers = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted) => {
      const error = refused || faultOfPartition(topics.log(name, wanted.partition) !== undefined, wanted);
      const { partition, offset, leaderEpoch, metadata } = wanted;
      if (error === ErrorCode.none) {
        changes.push({ topic: name, partition, committed: { offset, leaderEpoch, metadata } });
      }
      return { partition, error };
    }),
  }));
  const stored = await storing(() => groups.offsets.change(request.groupId, changes));
  if (stored === ErrorCode.none) return answers;
  return answers.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partition, error }) => ({ partition, error: error || stored })),
  }));
}

function faultOfPartition(exists: boolean, { metadata }: PartitionCommit): ErrorCode {
  if (!exists) return ErrorCode.unknownTopicOrPartition;
  const bytes = metadata === null ? 0 : Buffer.byteLength(metadata);
  return bytes > MAX_METADATA_BYTES ? ErrorCode.offsetMetadataTooLarge : ErrorCode.none;
}

function committed({ groups }: Context, { groupId, topics }: OffsetFetchRequest) {
  const wanted = topics ?? groups.offsets.of(groupId);
  const none = { offset: -1, leaderEpoch: -1, metadata: '' };
  return {
    error: ErrorCode.none,
    topics: wanted.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => ({
        partition,
        ...(groups.offsets.get(groupId, name, partition) ?? none),
        error: ErrorCode.none,
      })),
    })),
  };
}
