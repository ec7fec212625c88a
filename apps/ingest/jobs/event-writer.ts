import { randomUUID } from 'node:crypto';

import { type JobEvent, type JobEventOf, type JobEventType, jobEventKey, topics } from '#libs/events';
import { partitionFor, type Producer } from '#libs/kafka';

/** Writes job events into the log; resolves when they are acknowledged. */
export class EventWriter {
  constructor(
    private readonly producer: Producer,
    private readonly now: () => Date,
  ) {}

  /** @param cause what the event's id is derived from, so that a retry makes the same id; drawn where there is none. */
  async write<T extends JobEventType>(type: T, data: JobEventOf<T>['data'], cause?: string): Promise<void> {
    const at = this.now().toISOString();
    const id = cause === undefined ? randomUUID() : `${type}:${cause}`;
    const event = { id, type, version: 1, occurredAt: at, receivedAt: at, data } as JobEvent;
    const key = jobEventKey(event);
    const { name: topic, partitions } = topics.jobs;
    await this.producer.append([
      { topic, partition: partitionFor(key, partitions), key, value: Buffer.from(JSON.stringify(event)) },
    ]);
  }
}
