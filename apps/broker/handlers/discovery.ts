import { type PartitionLog } from '../log/partition-log.js';
import { recordsOf } from '../log/records.js';
import { ErrorCode } from '../protocol/error-code.js';
import { GROUP, findCoordinator } from '../protocol/find-coordinator.js';
import { initProducerId } from '../protocol/init-producer-id.js';
import { EARLIEST, LATEST, type PartitionOffset, listOffsets } from '../protocol/list-offsets.js';
import { type MetadataRequest, type TopicMetadata, metadata } from '../protocol/metadata.js';
import { type Route, route } from '../server/route.js';
import { type Context } from './context.js';
import { faultOfName } from './topic-rules.js';

export function discoveryRoutes(context: Context): Route[] {
  const { node, topics } = context;
  return [
    route(metadata, async (request) => ({
      node,
      clusterId: topics.clusterId,
      topics: await topicsFor(context, request),
    })),
    route(listOffsets, async (request) => {
      const answered = request.topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(({ partition, timestamp }) =>
            findOffset(topics.log(name, partition), partition, timestamp),
          ),
        ),
      }));
      return { topics: await Promise.all(answered) };
    }),
    route(findCoordinator, ({ type }) =>
      type === GROUP
        ? { error: ErrorCode.none, message: null, node }
        : {
            error: ErrorCode.invalidRequest,
            message: 'This broker coordinates groups; transactions are not implemented.',
            node: { id: -1, host: '', port: -1 },
          },
    ),
    route(initProducerId, async ({ transactionalId }) =>
      transactionalId === null
        ? { error: ErrorCode.none, producerId: await topics.newProducerId(), producerEpoch: 0 }
        : { error: ErrorCode.invalidRequest, producerId: -1, producerEpoch: -1 },
    ),
  ];
}

async function topicsFor(
  context: Context,
  { topics: names, allowCreate }: MetadataRequest,
): Promise<TopicMetadata[]> {
  const { topics, autoCreate, defaultPartitions } = context;
  if (names === null) {
    return topics.all().map(({ name, partitions }) => ({ error: ErrorCode.none, name, partitions }));
  }
  const found: TopicMetadata[] = [];
  for (const name of names) {
    const fault = faultOfName(name);
    if (!fault && autoCreate && allowCreate && !topics.get(name))
      await topics.create(name, defaultPartitions, {});
    const topic = topics.get(name);
    const error = fault ? ErrorCode.invalidTopic : ErrorCode.unknownTopicOrPartition;
    found.push(
      topic ? { error: ErrorCode.none, name, partitions: topic.partitions } : { error, name, partitions: 0 },
    );
  }
  return found;
}

async function findOffset(
  log: PartitionLog | undefined,
  partition: number,
  timestamp: number,
): Promise<PartitionOffset> {
  if (!log) return { partition, error: ErrorCode.unknownTopicOrPartition, timestamp: -1, offset: -1 };
  const answer = (offset: number, time = -1) => ({
    partition,
    error: ErrorCode.none,
    timestamp: time,
    offset,
  });
  if (timestamp === LATEST) return answer(log.end);
  if (timestamp === EARLIEST) return answer(log.start);
  const slice = await log.readByTime(timestamp);
  if (!slice) return answer(-1);
  // Of a batch that is not opened the first offset is told: too early by a few records, never too late.
  const record = recordsOf(slice.records)?.find((candidate) => candidate.timestamp >= timestamp);
  const offset = record?.offset ?? slice.records.readInt32BE(0) * 2 ** 32 + slice.records.readUInt32BE(4);
  slice.release();
  return answer(Math.max(offset, log.start), record?.timestamp ?? timestamp);
}
