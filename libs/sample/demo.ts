import { Crowd } from './crowd.js';
import { Random } from './random.js';
import { Rhythm } from './rhythm.js';
import { defaultDays, populationFor, simulatedBy } from './sample.js';
import { writeV1 } from './x-v1.js';

export interface DemoOptions {
  readonly seed: number;
  /** All posts, the burst included. */
  readonly posts: number;
  /** Posts that are there at once, dated back over the days before `startedAt`. */
  readonly burst: number;
  /** Posts a second after that. */
  readonly rate: number;
  readonly startedAt: Date;
}

export interface DemoPost {
  /** When it is due: for the burst `startedAt`, for each later one the instant it is dated. */
  readonly at: Date;
  readonly bytes: Buffer;
}

const DAY = 86_400_000;

/**
 * The demo collection as it plays in. Everything follows from the options, so a run that was interrupted goes on by
 * skipping what it has sent.
 */
export function* demoPosts(options: DemoOptions): Generator<DemoPost> {
  const { seed, posts, rate } = options;
  const burst = Math.min(options.burst, posts);
  const started = options.startedAt.getTime();
  const begin = started - defaultDays * DAY;
  const random = new Random(seed, 4);
  const rhythm = new Rhythm(begin, defaultDays, random);
  const crowd = new Crowd(seed, populationFor(posts));
  const marker = `"simulated":${JSON.stringify(simulatedBy(seed))},`;
  for (let i = 0; i < posts; i += 1) {
    const live = i >= burst;
    const time = live
      ? started + Math.floor(((i - burst + random.next()) * 1000) / rate)
      : rhythm.at((i + random.next()) / burst);
    const line = writeV1(crowd.write(time), begin, marker);
    yield { at: new Date(live ? time : started), bytes: Buffer.from(line) };
  }
}
