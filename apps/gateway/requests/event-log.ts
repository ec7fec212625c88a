import { type JobEvent, jobEventKey, topics } from '#libs/events';
import { injectTrace, partitionFor, type Producer } from '#libs/kafka';

/** Where requests go: `jobs.events.v1`. */
export interface EventLog {
  /** Returns when all of them are acknowledged. */
  append(events: readonly JobEvent[]): Promise<void>;
}

export class KafkaEventLog implements EventLog {
  constructor(private readonly producer: Producer) {}

  async append(events: readonly JobEvent[]): Promise<void> {
    const { name: topic, partitions } = topics.jobs;
    const headers = injectTrace<Readonly<Record<string, string>>>({});
    await this.producer.append(
      events.map((event) => {
        const key = jobEventKey(event);
        return {
          topic,
          partition: partitionFor(key, partitions),
          key,
          value: JSON.stringify(event),
          headers,
        };
      }),
    );
  }
}
