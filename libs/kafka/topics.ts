import { setTimeout as sleep } from 'node:timers/promises';

import kafkajs, { type Admin } from 'kafkajs';

import { TopicMismatchError } from './errors.js';
import { type Kafka } from './kafka.js';
import { LogClient } from './log-client.js';
import { Producer } from './producer.js';
import { type ProduceRecord } from './record.js';

/** What a topic is to be. Configs are complete: what is not named has the broker's default. */
export interface TopicDeclaration {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

export interface TopicOptions {
  /** Copies of each partition, at least. */
  readonly replicationFactor: number;
  /** Copies that must have a record before it is acknowledged; set when more than 1. */
  readonly minInSync?: number;
  /**
   * The record that opens a topic, written first into each of its partitions by whoever makes it. Called once for a
   * topic, so that all its partitions begin with the same.
   */
  readonly firstRecord: (declaration: TopicDeclaration) => Pick<ProduceRecord, 'key' | 'value' | 'headers'>;
}

/** How long another process that made a topic may take to open it (ms). */
const OPENING_MS = 10_000;
const LOOK_MS = 50;

/**
 * Makes the topics that are missing and checks those that are there. Safe to be called by several processes at once.
 * @throws TopicMismatchError for the first topic that is not as declared.
 */
export async function ensureTopics(
  kafka: Kafka,
  declarations: readonly TopicDeclaration[],
  options: TopicOptions,
): Promise<void> {
  await withRetries(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    for (const declaration of declarations) {
      const made = !existing.has(declaration.name) && (await make(admin, declaration, options));
      if (!made) await check(admin, declaration, options);
      await openLog(kafka, declaration, options, made ? 0 : OPENING_MS);
    }
  });
}

/**
 * Makes a topic with the partitions of another one, so that a record can be copied from partition p to partition p.
 * @returns the declaration with the number of partitions it has.
 */
export async function createTopicLike(
  kafka: Kafka,
  like: string,
  declaration: TopicDeclaration,
  options: TopicOptions,
): Promise<TopicDeclaration> {
  const partitions = await kafka.admin(async (admin) => (await describe(admin, like)).partitions.length);
  const declared = { ...declaration, partitions };
  await ensureTopics(kafka, [declared], options);
  return declared;
}

/** Deletes a topic with all its records; nothing to do when it is not there. */
export async function deleteTopic(kafka: Kafka, topic: string): Promise<void> {
  await kafka.admin(async (admin) => {
    if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
  });
}

/**
 * Writes all configs of a topic from its declaration, `overrides` on top (an erasure run lets a topic be compacted for
 * a while). Whole, because Kafka's AlterConfigs resets what it does not name.
 */
export async function writeTopicConfigs(
  kafka: Kafka,
  declaration: TopicDeclaration,
  { minInSync, overrides = {} }: { minInSync?: number; overrides?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const configs = { ...configsOf(declaration, minInSync), ...overrides };
  await kafka.admin((admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: declaration.name,
          configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  );
}

function configsOf({ configs }: TopicDeclaration, minInSync = 1): Record<string, string> {
  return minInSync > 1 ? { ...configs, 'min.insync.replicas': String(minInSync) } : { ...configs };
}

/** @returns false when somebody else made it meanwhile. */
function make(admin: Admin, declaration: TopicDeclaration, options: TopicOptions): Promise<boolean> {
  const configs = configsOf(declaration, options.minInSync);
  return admin.createTopics({
    waitForLeaders: true,
    topics: [
      {
        topic: declaration.name,
        numPartitions: declaration.partitions,
        replicationFactor: options.replicationFactor,
        configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

async function check(admin: Admin, declaration: TopicDeclaration, options: TopicOptions): Promise<void> {
  const { name, partitions } = declaration;
  const found = await describe(admin, name);
  const faults: string[] = [];
  if (found.partitions.length < partitions) {
    faults.push(
      `it has ${found.partitions.length} partitions, declared are ${partitions}: keys would go elsewhere. ` +
        'Declare the number it was made with, or give it another name.',
    );
  }
  const copies = Math.min(...found.partitions.map(({ replicas }) => replicas.length));
  if (copies < options.replicationFactor) {
    faults.push(
      `it has ${copies} copies, wanted are ${options.replicationFactor}: ` +
        'reassign its partitions (kafka-reassign-partitions), or lower KAFKA_REPLICATION.',
    );
  }
  for (const [config, wanted] of Object.entries(configsOf(declaration, options.minInSync))) {
    const value = found.configs.get(config);
    if (value === wanted) continue;
    faults.push(
      `${config} is ${value ?? 'not known to the broker'}, must be ${wanted}: ` +
        `kafka-configs --alter --topic ${name} --add-config ${config}=${wanted}`,
    );
  }
  if (faults.length > 0) throw new TopicMismatchError(name, faults);
}

interface Described {
  readonly partitions: readonly { readonly partitionId: number; readonly replicas: readonly number[] }[];
  readonly configs: ReadonlyMap<string, string>;
}

async function describe(admin: Admin, topic: string): Promise<Described> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  return {
    partitions: topics[0]?.partitions ?? [],
    configs: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
  };
}

/**
 * Sees to it that each partition has its first record. Its maker writes it; who did not make the topic waits for the
 * maker, and writes it when the maker seems to have died in between. Readers take the first one, should there be two.
 */
async function openLog(
  kafka: Kafka,
  declaration: TopicDeclaration,
  options: TopicOptions,
  patience: number,
): Promise<void> {
  const empty = await emptyPartitions(kafka, declaration, patience);
  if (empty.length === 0) return;
  const first = options.firstRecord(declaration);
  // What fails for good is thrown by `append`.
  const producer = new Producer(kafka, { onFatal: () => undefined });
  try {
    await producer.open();
    await producer.append(empty.map((partition) => ({ topic: declaration.name, partition, ...first })));
  } finally {
    await producer.close();
  }
}

/** The declared partitions without any record, now or ever, after waiting for them to be opened. */
async function emptyPartitions(
  kafka: Kafka,
  { name, partitions }: TopicDeclaration,
  patience: number,
): Promise<number[]> {
  const log = new LogClient(kafka);
  try {
    for (let waited = 0; ; waited += LOOK_MS) {
      const offsets = await log.offsets(name);
      const empty = offsets.filter(({ partition, high }) => partition < partitions && high === 0);
      if (empty.length === 0 || waited >= patience) return empty.map(({ partition }) => partition);
      await sleep(LOOK_MS);
    }
  } finally {
    await log.close();
  }
}

/** A broker that just started may not answer everything yet. */
async function withRetries(kafka: Kafka, work: (admin: Admin) => Promise<void>): Promise<void> {
  const log = new LogClient(kafka);
  try {
    await log.retry(() => kafka.admin(work));
  } finally {
    await log.close();
  }
}
