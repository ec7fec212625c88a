import { type Sql } from '#libs/db';
import { isLogStarted, parseLogStarted } from '#libs/events';
import { type Kafka, type LogReader } from '#libs/kafka';

/** Whose log a topic is: where it lives, what it was called when it was made, how many partitions it then had. */
export interface LogIdentity {
  readonly topic: string;
  readonly cluster: string;
  readonly log: string;
  readonly partitions: number;
}

/** The tables were made from another log than the one that is there: nothing of them may be gone on with. */
export class ForeignLogError extends Error {
  override readonly name = 'ForeignLogError';
  constructor(topic: string, faults: readonly string[]) {
    super(
      `The tables do not belong to the log ${topic}: ${faults.join('; ')}. ` +
        'Point KAFKA_BROKERS at the log that they were made from, or drop the schemas "aggregate" and "gen_*" of this ' +
        'database and start again to rebuild them from this log.',
    );
  }
}

/** Reads a topic's identity out of the first record of its partitions. @throws ForeignLogError when they disagree. */
export async function identityOf(kafka: Kafka, reader: LogReader, topic: string): Promise<LogIdentity> {
  const { clusterId } = await kafka.admin((admin) => admin.describeCluster());
  const starts = [];
  for (const { partition, low } of await reader.offsets(topic)) {
    const record = await reader.read(topic, partition, low);
    // Partitions that were added later have no such record, and are not used.
    if (record?.value && isLogStarted(record.key)) starts.push(parseLogStarted(record.value));
  }
  const [first] = starts;
  if (!first) throw new ForeignLogError(topic, ['none of its partitions begins with the name of its log']);
  const used = starts.filter(({ log }) => log === first.log).length;
  if (used < starts.length) throw new ForeignLogError(topic, ['its partitions are of different logs']);
  if (used < first.partitions) {
    throw new ForeignLogError(topic, [`it was made with ${first.partitions} partitions and has ${used}`]);
  }
  return { topic, cluster: clusterId, log: first.log, partitions: first.partitions };
}

/**
 * Compares a topic's identity with the one that the tables were made from; the first time it is written down.
 * @throws ForeignLogError
 */
export async function checkIdentity(sql: Sql, identity: LogIdentity): Promise<void> {
  const { topic, cluster, log, partitions } = identity;
  await sql(
    `insert into aggregate.log (topic, cluster, log_id, partitions) values ($1, $2, $3, $4)
     on conflict (topic) do nothing`,
    [topic, cluster, log, partitions],
  );
  const [known] = await sql<{ cluster: string; log_id: string; partitions: number }>(
    'select cluster, log_id, partitions from aggregate.log where topic = $1',
    [topic],
  );
  const faults = [
    ...(known?.log_id === log ? [] : [`they were made from log ${known?.log_id}, this one is ${log}`]),
    ...(known?.cluster === cluster
      ? []
      : [`they were made from cluster ${known?.cluster}, this one is ${cluster}`]),
    ...(known?.partitions === partitions
      ? []
      : [`it had ${known?.partitions} partitions, now ${partitions}`]),
  ];
  if (faults.length > 0) throw new ForeignLogError(topic, faults);
}
