import { type DynamicModule, Module } from '@nestjs/common';

import { type Logger, RuntimeModule } from '#libs/runtime';

import { JobRunner } from './jobs/job-runner.js';
import { JobStore } from './jobs/job.store.js';
import { JobsController } from './jobs/jobs.controller.js';

export interface IngestParts {
  readonly logger: Logger;
  readonly store: JobStore;
  readonly runner: JobRunner;
}

/**
 * Owns the schema `ingest`: its fold of job events, the leases of running jobs. Promises that whatever a source holds is
 * in `posts.raw.v1` before a checkpoint says so, and that a job has one runner. Refuses to know what a post means:
 * it looks at bytes no further than to find a record and its identity.
 */
@Module({})
export class IngestModule {
  static for({ logger, store, runner }: IngestParts): DynamicModule {
    return {
      module: IngestModule,
      imports: [RuntimeModule.for(logger)],
      controllers: [JobsController],
      providers: [
        { provide: JobStore, useValue: store },
        { provide: JobRunner, useValue: runner },
      ],
    };
  }
}
