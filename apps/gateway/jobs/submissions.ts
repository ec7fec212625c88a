import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

import { submitJobSchema } from '#libs/api';
import { type BlobStore } from '#libs/blobs';
import { type JobSpec, type UploadedFile } from '#libs/events';

import { requireCollection } from '../collections/collections.query.js';
import { Live } from '../http/live.js';
import { ProblemError } from '../http/problem.js';
import { storable } from '../http/storable.js';
import {
  type NewEvent,
  type Request,
  type RequestsEnvironment,
  RequestsStore,
} from '../requests/requests.store.js';
import { BLOBS, ENVIRONMENT, REQUESTS } from '../tokens.js';
import { receiveUpload } from './upload.js';

interface Target {
  /** A collection to feed, null for a new one. */
  readonly collection: string | null;
  /** What a new collection is called. */
  readonly name: string | null;
}

export type Submission = Target &
  (
    | { readonly kind: 'upload'; readonly files: readonly UploadedFile[] }
    | {
        readonly kind: 'demo';
        readonly seed: number;
        readonly posts: number;
        readonly burst: number;
        readonly rate: number;
      }
  );

/** Turns what a person hands over into a job, and into a collection where none is named. */
@Injectable()
export class Submissions {
  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(REQUESTS) private readonly requests: RequestsStore,
    @Inject(BLOBS) private readonly blobs: BlobStore,
    @Inject(ENVIRONMENT) private readonly environment: RequestsEnvironment,
  ) {}

  /** Takes in what a request brings: files, or JSON. @throws ProblemError, ZodError */
  async read(request: FastifyRequest): Promise<Submission> {
    if (request.isMultipart()) {
      const check = async (id: string) => {
        await this.live.read((sql, { pending }) => requireCollection(sql, id, pending));
      };
      return { kind: 'upload', ...(await receiveUpload(request, this.blobs, check)) };
    }
    const { collection = null, name = null, ...rest } = submitJobSchema.parse(request.body ?? {});
    return { collection, name, ...rest };
  }

  /** @returns the id of the job. @throws ProblemError; then no upload is kept. */
  async accept(submission: Submission, idempotencyKey: string | null): Promise<string> {
    const request = await this.#request(submission, idempotencyKey).catch((error: unknown) =>
      this.#forgotten(submission, error),
    );
    try {
      const { subject, repeated } = await this.requests.submit(request);
      // The request before this one has its own copy.
      if (repeated) await this.#forget(submission);
      return subject;
    } catch (error) {
      // Only an answer says that there is no job; after anything else the request may be written down.
      if (error instanceof ProblemError) await this.#forget(submission);
      throw error;
    }
  }

  async #request(submission: Submission, idempotencyKey: string | null): Promise<Request> {
    if (submission.collection !== null) await this.#check(submission.collection, submission);
    const job = this.environment.newId();
    return {
      operation: 'POST /jobs',
      idempotencyKey,
      body: comparable(submission),
      subject: job,
      events: this.#eventsOf(submission, job),
    };
  }

  async #forgotten(submission: Submission, error: unknown): Promise<never> {
    await this.#forget(submission);
    throw error;
  }

  async #check(collection: string, { kind }: Submission): Promise<void> {
    const { origin } = await this.live.read((sql, { pending }) =>
      requireCollection(sql, collection, pending),
    );
    if (kind === 'demo' && origin === 'real') {
      throw new ProblemError(
        409,
        'The collection holds real posts',
        'Made-up posts never mix with real ones. Leave the collection out, and a new one is made.',
      );
    }
  }

  #eventsOf(submission: Submission, job: string): NewEvent[] {
    const { newId, now } = this.environment;
    const collection = submission.collection ?? newId();
    const spec = specOf(submission, now());
    const submitted: NewEvent = { type: 'JobSubmitted', data: { job, collection, spec } };
    if (submission.collection !== null) return [submitted];
    const origin = submission.kind === 'demo' ? 'simulated' : null;
    const name = storable(submission.name ?? defaultName(submission));
    return [{ type: 'CollectionCreated', data: { collection, name, origin } }, submitted];
  }

  async #forget(submission: Submission): Promise<void> {
    if (submission.kind !== 'upload') return;
    await Promise.all(submission.files.map(({ blob }) => this.blobs.delete(blob)));
  }
}

/** The same request sent again has the same content, in other blobs. */
function comparable(submission: Submission): unknown {
  if (submission.kind !== 'upload') return submission;
  return { ...submission, files: submission.files.map(({ name, bytes, sha256 }) => [name, bytes, sha256]) };
}

function specOf(submission: Submission, now: Date): JobSpec {
  if (submission.kind === 'upload') return { kind: 'upload', files: [...submission.files] };
  const { seed, posts, burst, rate } = submission;
  return { kind: 'demo', seed, posts, burst, rate, startedAt: now.toISOString() };
}

/** After the first file, without its folder and its ending. */
function defaultName(submission: Submission): string {
  if (submission.kind === 'demo') return `Demo: a made-up storm (seed ${submission.seed})`;
  const [first, ...others] = submission.files;
  const base = (first?.name ?? '')
    .replace(/^.*[\\/]/, '')
    .replace(/(\.(jsonl?|ndjson|js|txt|gz|zip))+$/i, '');
  const name = (base === '' ? 'Import' : base).slice(0, 150);
  return others.length > 0 ? `${name} and ${others.length} more` : name;
}
