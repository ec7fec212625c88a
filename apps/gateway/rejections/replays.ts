import { Inject, Injectable } from '@nestjs/common';
import { type z } from 'zod';

import { type Job, type replaySchema } from '#libs/api';

import { requireCollection } from '../collections/collections.query.js';
import { Live } from '../http/live.js';
import { invalid, notFound, ProblemError } from '../http/problem.js';
import { jobView } from '../jobs/job-view.js';
import { readJob } from '../jobs/jobs.query.js';
import { type RequestsEnvironment, RequestsStore } from '../requests/requests.store.js';
import { ENVIRONMENT, REQUESTS, SETTINGS, type Settings } from '../tokens.js';
import { readOpenPlaces } from './rejections.query.js';

/** Their places travel in one event, which has to fit a Kafka record with room to spare. */
const MOST = 200_000;

/** Turns a wish to try rejected records again into a job. */
@Injectable()
export class Replays {
  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(REQUESTS) private readonly requests: RequestsStore,
    @Inject(ENVIRONMENT) private readonly environment: RequestsEnvironment,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws ProblemError: no such collection (404, 410), nothing to replay (409). */
  async accept(
    collection: string,
    body: z.infer<typeof replaySchema>,
    idempotencyKey: string | null,
  ): Promise<{ job: Job; location: string }> {
    const places = await this.live.read(async (sql, { pending }) => {
      await requireCollection(sql, collection, pending);
      return readOpenPlaces(sql, { collection, ...body, limit: MOST + 1 });
    });
    if (places.length > MOST) {
      throw invalid('ids', `more than ${MOST} records are meant; name a reason, or fewer of them`);
    }
    const known = await this.requests.answered(idempotencyKey);
    if (places.length === 0 && !known) {
      throw new ProblemError(
        409,
        'Nothing to replay',
        'None of the records that are meant is rejected any more.',
      );
    }
    const job = this.environment.newId();
    const { subject } = await this.requests.submit({
      operation: `POST /collections/${collection}/rejections/replay`,
      idempotencyKey,
      body,
      subject: job,
      events: [
        { type: 'JobSubmitted', data: { job, collection, spec: { kind: 'replay', rejections: places } } },
      ],
    });
    return { job: await this.one(subject), location: `${this.settings.publicUrl}/api/v1/jobs/${subject}` };
  }

  private one(id: string): Promise<Job> {
    return this.live.read(async (sql, { pending, offsets }) => {
      const facts = await readJob(sql, id, pending);
      if (!facts) throw notFound('job', id);
      return jobView(facts, offsets);
    });
  }
}
