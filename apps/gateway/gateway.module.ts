import { type DynamicModule, Module } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { type BlobStore } from '#libs/blobs';
import { type Logger, RuntimeModule } from '#libs/runtime';

import { AuthorsController } from './authors/authors.controller.js';
import { CollectionsController } from './collections/collections.controller.js';
import { CountsController } from './counts/counts.controller.js';
import { EdgesController } from './edges/edges.controller.js';
import { GeoController } from './geo/geo.controller.js';
import { ListAnswer } from './http/list.js';
import { Live } from './http/live.js';
import { JobsController } from './jobs/jobs.controller.js';
import { Submissions } from './jobs/submissions.js';
import { PostsController } from './posts/posts.controller.js';
import { type RawLog } from './posts/raw-log.js';
import { RebuildsController } from './rebuilds/rebuilds.controller.js';
import { RejectionsController } from './rejections/rejections.controller.js';
import { Replays } from './rejections/replays.js';
import { RepostsController } from './reposts/reposts.controller.js';
import { type EventLog } from './requests/event-log.js';
import { type RequestsEnvironment, RequestsStore } from './requests/requests.store.js';
import { StatusSampler } from './status/status-sampler.js';
import { StatusController } from './status/status.controller.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { BLOBS, ENVIRONMENT, RAW_LOG, REQUESTS, SETTINGS, type Settings } from './tokens.js';

/** What the gateway is made of that touches the outside. */
export interface GatewayParts {
  readonly dataSource: DataSource;
  readonly blobs: BlobStore;
  /** Where requests go. */
  readonly log: EventLog;
  /** Where the bytes of posts lie. */
  readonly rawLog: RawLog;
  readonly environment: RequestsEnvironment;
  readonly settings: Settings;
  readonly logger: Logger;
}

/**
 * REST and the page.
 * Owns: the schema `gateway` (requests with their idempotency keys, the token) and the blob store's writing side.
 * Promises: what was answered with 202 is on disk and will be in the log; every list is complete, read in one
 * snapshot; every number leads to its posts; every fault is problem+json.
 * Refuses: to count, to write into anybody's tables, to call another service.
 */
@Module({})
export class GatewayModule {
  static for(parts: GatewayParts): DynamicModule {
    const { dataSource, blobs, log, rawLog, environment, settings, logger } = parts;
    return {
      module: GatewayModule,
      imports: [RuntimeModule.for(logger)],
      controllers: [
        JobsController,
        CollectionsController,
        CountsController,
        AuthorsController,
        RepostsController,
        GeoController,
        TimelineController,
        EdgesController,
        PostsController,
        RejectionsController,
        RebuildsController,
        StatusController,
      ],
      providers: [
        { provide: RAW_LOG, useValue: rawLog },
        { provide: BLOBS, useValue: blobs },
        { provide: SETTINGS, useValue: settings },
        { provide: ENVIRONMENT, useValue: environment },
        { provide: Live, useFactory: () => new Live(dataSource, logger) },
        { provide: REQUESTS, useFactory: () => new RequestsStore(dataSource, log, environment) },
        Submissions,
        ListAnswer,
        Replays,
        StatusSampler,
      ],
    };
  }
}
