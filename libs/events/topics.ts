/**
 * The declaration of every topic. The apps create and check topics from it at start;
 * configs are written whole, because Kafka's AlterConfigs resets what it does not name.
 */
export interface TopicDeclaration {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** One Kafka record may hold 16 MiB; what is larger becomes a rejection (see `MAX_RECORD_BYTES`). */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * The longest record value in bytes that ingest sends to `posts.raw.v1`: the message limit of the topic
 * less room for key, headers and batch framing.
 */
export const MAX_RECORD_BYTES = MAX_MESSAGE_BYTES - 64 * 1024;

const keptForEver = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'max.message.bytes': String(MAX_MESSAGE_BYTES),
} as const;

export const topics = {
  jobs: { name: 'jobs.events.v1', partitions: 6, configs: keptForEver },
  raw: { name: 'posts.raw.v1', partitions: 12, configs: keptForEver },
  enriched: { name: 'posts.enriched.v1', partitions: 12, configs: keptForEver },
  profiles: { name: 'profiles.sampled.v1', partitions: 6, configs: keptForEver },
} as const satisfies Record<string, TopicDeclaration>;

/**
 * The enriched topic of a generation. The first one has the plain name; each rebuild from raw gets its own
 * topic beside it.
 */
export function enrichedTopic(generation: number | null): TopicDeclaration {
  if (generation === null) return topics.enriched;
  return { ...topics.enriched, name: `${topics.enriched.name}.g${generation}` };
}
