import { setTimeout as wait } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';

import { DatabaseError } from '#libs/db';

import { Live } from '../http/live.js';
import { type RequestsEnvironment } from '../requests/requests.store.js';
import { ENVIRONMENT } from '../tokens.js';
import { readPosts } from './status.query.js';

const EVERY_MS = 2_000;
const WINDOW_MS = 60_000;

interface Sample {
  readonly at: number;
  readonly posts: number;
}

/** Looks now and then how many posts are counted, so that the speed of counting can be told. */
@Injectable()
export class StatusSampler {
  #samples: Sample[] = [];

  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(ENVIRONMENT) private readonly environment: RequestsEnvironment,
  ) {}

  /** Posts counted within the last minute, as far back as this process looks. */
  lastMinute(posts: number): number {
    const since = this.environment.now().getTime() - WINDOW_MS;
    const oldest = this.#samples.find(({ at }) => at >= since);
    // A deleted collection takes its posts with it.
    return oldest ? Math.max(0, posts - oldest.posts) : 0;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sample();
      await wait(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async sample(): Promise<void> {
    try {
      const posts = await this.live.read((sql) => readPosts(sql));
      const at = this.environment.now().getTime();
      this.#samples = [...this.#samples.filter((each) => each.at >= at - WINDOW_MS), { at, posts }];
    } catch (error) {
      // A gap in the samples is no fault; whoever asks meets the same error.
      if (!(error instanceof DatabaseError)) throw error;
    }
  }
}
