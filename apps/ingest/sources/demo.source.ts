import { setTimeout as delay } from 'node:timers/promises';

import { type JobSpec, recognise } from '#libs/events';
import { demoPosts } from '#libs/sample';

import { type FoundRecord, type Source, type SourceBatch } from './source.js';

type DemoSpec = Extract<JobSpec, { kind: 'demo' }>;

/**
 * The simulated event: generated posts, delivered when their time comes. The same seed and start give the same posts,
 * so a job that goes on after a crash sends none twice. What is due already comes in batches.
 */
export class DemoSource implements Source {
  readonly name = 'Simulated posts';
  readonly bytes = null;

  constructor(
    private readonly spec: DemoSpec,
    private readonly now: () => Date,
  ) {}

  async *records(after: number, signal: AbortSignal): AsyncIterable<SourceBatch> {
    const { seed, posts, burst, rate, startedAt } = this.spec;
    let due: FoundRecord[] = [];
    let position = -1;
    for (const { at, bytes } of demoPosts({ seed, posts, burst, rate, startedAt: new Date(startedAt) })) {
      position += 1;
      if (position <= after) continue;
      const wait = at.getTime() - this.now().getTime();
      if ((wait > 0 || due.length >= 500) && due.length > 0) {
        yield { records: due, consumed: position };
        due = [];
      }
      if (wait > 0) await delay(wait, undefined, { signal });
      due.push({
        position,
        bytes,
        ...recognise(bytes),
        encoding: 'utf-8',
        place: { line: null, offset: null },
      });
    }
    if (due.length > 0) yield { records: due, consumed: position + 1 };
  }
}
