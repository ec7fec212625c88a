import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

import { isLogStarted, type JobEvent, parseJobEvent, topics } from '#libs/events';
import { type Batch } from '#libs/kafka';

import { JobRunner } from './job-runner.js';
import { JobStore } from './job.store.js';

/** Folds job events into ingest's own tables; whoever has the lease then acts on them. */
@Controller()
export class JobsController {
  constructor(
    @Inject(JobStore) private readonly store: JobStore,
    @Inject(JobRunner) private readonly runner: JobRunner,
  ) {}

  @EventPattern<string>(topics.jobs.name)
  async fold(@Payload() batch: Batch): Promise<void> {
    const events: JobEvent[] = [];
    for (const { value, key } of batch.messages) {
      // A tombstone erases, the first record names the log: neither is an event of a job.
      if (value !== null && !isLogStarted(key)) events.push(parseJobEvent(value));
    }
    const { topic, partition, messages, next } = batch;
    await this.store.fold({ topic, partition, from: messages[0]?.offset ?? next, next, events });
    this.runner.wake();
  }
}
