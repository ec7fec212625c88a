import { isOutOfSpace } from '../log/files.js';
import { type PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-code.js';
import {
  type MorePartitions,
  type NamedResult,
  type NewTopic,
  type RecordsDeleted,
  createPartitions,
  createTopics,
  deleteRecords,
  deleteTopics,
} from '../protocol/topic-admin.js';
import { type Route, route } from '../server/route.js';
import { type ConfigOverrides, faultOfConfigs } from '../topics/topic-config.js';
import { type Context } from './context.js';
import { MAX_PARTITIONS, faultOfName } from './topic-rules.js';

type Refusal = readonly [error: ErrorCode, message: string];
type Change = () => Promise<boolean>;

export function topicRoutes(context: Context): Route[] {
  const { topics, groups } = context;
  return [
    route(createTopics, (request) =>
      inOrder(request.topics, async (topic) => {
        const { partitions, refusal } = examine(context, topic);
        const create = () => topics.create(topic.name, partitions, configsOf(topic));
        const exists: Refusal = [ErrorCode.topicAlreadyExists, `Topic '${topic.name}' already exists.`];
        return apply(topic.name, refusal, request.validateOnly ? undefined : create, exists);
      }),
    ),
    route(deleteTopics, (names) =>
      inOrder(names, async (name) => {
        const remove = async () => {
          if (!topics.get(name)) return false;
          await groups.offsets.forgetTopic(name);
          return topics.delete(name);
        };
        return apply(name, undefined, remove, [
          ErrorCode.unknownTopicOrPartition,
          `There is no topic '${name}'.`,
        ]);
      }),
    ),
    route(createPartitions, (request) =>
      inOrder(request.topics, async (wanted) => {
        const refusal = examineMore(context, wanted);
        const add = () => topics.addPartitions(wanted.name, wanted.count);
        const unknown: Refusal = [ErrorCode.unknownTopicOrPartition, `There is no topic '${wanted.name}'.`];
        return apply(wanted.name, refusal, request.validateOnly ? undefined : add, unknown);
      }),
    ),
    route(deleteRecords, async (request) => {
      const answered = request.topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(({ partition, offset }) =>
            deleteBelow(topics.log(name, partition), partition, offset),
          ),
        ),
      }));
      return { topics: await Promise.all(answered) };
    }),
  ];
}

async function inOrder<T>(
  items: readonly T[],
  action: (item: T) => Promise<NamedResult>,
): Promise<NamedResult[]> {
  const results: NamedResult[] = [];
  for (const item of items) results.push(await action(item));
  return results;
}

/** Makes a change unless it is refused, or only to be examined (`change` undefined). False of it means `otherwise`. */
async function apply(
  name: string,
  refusal: Refusal | undefined,
  change: Change | undefined,
  otherwise: Refusal,
): Promise<NamedResult> {
  const done = { name, error: ErrorCode.none, message: null };
  if (refusal) return { name, error: refusal[0], message: refusal[1] };
  if (!change) return done;
  try {
    return (await change()) ? done : { name, error: otherwise[0], message: otherwise[1] };
  } catch (error) {
    if (isOutOfSpace(error))
      return { name, error: ErrorCode.kafkaStorageError, message: 'The disk is full.' };
    throw error;
  }
}

function configsOf({ configs }: NewTopic): ConfigOverrides {
  return Object.fromEntries(configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])));
}

function examine(context: Context, topic: NewTopic): { partitions: number; refusal?: Refusal } {
  const byHand = topic.assignments.length > 0;
  const asked = topic.partitions === -1 ? context.defaultPartitions : topic.partitions;
  const partitions = byHand ? topic.assignments.length : asked;
  const refuse = (error: ErrorCode, message: string) => ({ partitions, refusal: [error, message] as const });
  const name = faultOfName(topic.name);
  if (name) return refuse(ErrorCode.invalidTopic, name);
  if (context.topics.get(topic.name)) {
    return refuse(ErrorCode.topicAlreadyExists, `Topic '${topic.name}' already exists.`);
  }
  const tooMany = faultOfCount(partitions);
  if (tooMany) return refuse(ErrorCode.invalidPartitions, tooMany);
  if (byHand && !topic.assignments.every(({ nodes }) => isHere(nodes, context.node.id))) {
    return refuse(ErrorCode.invalidReplicaAssignment, `Every replica is on node ${context.node.id}.`);
  }
  if (!byHand && topic.replicationFactor !== 1 && topic.replicationFactor !== -1) {
    return refuse(ErrorCode.invalidReplicationFactor, 'There is one node, so the replication factor is 1.');
  }
  const configs = faultOfConfigs(configsOf(topic));
  return configs ? refuse(ErrorCode.invalidConfig, configs) : { partitions };
}

function examineMore(
  { topics, node }: Context,
  { name, count, assignments }: MorePartitions,
): Refusal | undefined {
  const topic = topics.get(name);
  if (!topic) return [ErrorCode.unknownTopicOrPartition, `There is no topic '${name}'.`];
  if (count <= topic.partitions)
    return [ErrorCode.invalidPartitions, `Topic has ${topic.partitions} partitions.`];
  const tooMany = faultOfCount(count);
  if (tooMany) return [ErrorCode.invalidPartitions, tooMany];
  if (!assignments) return undefined;
  const right =
    assignments.length === count - topic.partitions && assignments.every((nodes) => isHere(nodes, node.id));
  return right ? undefined : [ErrorCode.invalidReplicaAssignment, `Every replica is on node ${node.id}.`];
}

function isHere(nodes: readonly number[], id: number): boolean {
  return nodes.length === 1 && nodes[0] === id;
}

function faultOfCount(partitions: number): string | undefined {
  return partitions >= 1 && partitions <= MAX_PARTITIONS
    ? undefined
    : `A topic has 1 to ${MAX_PARTITIONS} partitions.`;
}

async function deleteBelow(
  log: PartitionLog | undefined,
  partition: number,
  wanted: number,
): Promise<RecordsDeleted> {
  if (!log) return { partition, lowWatermark: -1, error: ErrorCode.unknownTopicOrPartition };
  const offset = wanted === -1 ? log.end : wanted;
  if (offset < 0 || offset > log.end)
    return { partition, lowWatermark: -1, error: ErrorCode.offsetOutOfRange };
  try {
    await log.deleteBefore(offset);
    return { partition, lowWatermark: log.start, error: ErrorCode.none };
  } catch (error) {
    if (isOutOfSpace(error)) return { partition, lowWatermark: -1, error: ErrorCode.kafkaStorageError };
    throw error;
  }
}
