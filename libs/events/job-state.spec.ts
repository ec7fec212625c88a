import { describe, expect, it } from '@jest/globals';

import { type JobEvent, type JobEventOf, type JobEventType } from './job-event.js';
import { evolveJob, type JobState, mergeEnds } from './job-state.js';

const at = '2026-01-01T00:00:00.000Z';
let drawn = 0;
function event<T extends JobEventType>(type: T, data: JobEventOf<T>['data']): JobEvent {
  return { id: String((drawn += 1)), type, version: 1, occurredAt: at, receivedAt: at, data } as JobEvent;
}

const job = 'job';
const spec = { kind: 'demo', seed: 1, posts: 10, burst: 0, rate: 1, startedAt: at } as const;
const collected = { unit: 'records', done: 5, total: 10, records: 5 } as const;
const checkpoint = { source: 0, position: 4 };
const submitted = event('JobSubmitted', { job, collection: 'c', spec });
const claimed = (epoch: number) => event('JobClaimed', { job, epoch, holder: `h${epoch}` });
const progressed = (epoch: number, ends = { '0': 5 }) =>
  event('JobProgressed', { job, epoch, checkpoint, collected, ends });
const completed = (epoch: number) =>
  event('JobCompleted', { job, epoch, checkpoint, collected, ends: { '0': 5, '3': 2 } });

const given = (...events: JobEvent[]): JobState | null =>
  events.reduce<JobState | null>((state, next) => evolveJob(state, next), null);

describe('the fold of a job', () => {
  it('knows nothing of a job before it is submitted', () => {
    expect(given(claimed(1), progressed(1))).toBeNull();
  });

  it('takes the first submission; the same one written again changes nothing', () => {
    const other = event('JobSubmitted', { job, collection: 'another', spec });
    expect(given(submitted, other)).toEqual(given(submitted));
  });

  it('goes on from the checkpoint of the runner before', () => {
    const state = given(submitted, claimed(1), progressed(1), claimed(2));
    expect(state).toMatchObject({ phase: 'running', epoch: 2, holder: 'h2', checkpoint });
  });

  it('ignores what a runner writes that has lost its lease', () => {
    const before = given(submitted, claimed(1), claimed(2));
    expect(evolveJob(before, progressed(1))).toBe(before);
    expect(evolveJob(before, completed(1))).toBe(before);
    expect(evolveJob(before, claimed(1))).toBe(before);
  });

  it('has one end', () => {
    const end = given(submitted, claimed(1), completed(1));
    expect(end?.phase).toBe('completed');
    for (const late of [
      event('JobFailed', { job, epoch: 1, error: 'late', ends: {} }),
      event('JobCancelled', { job, epoch: 1, ends: {} }),
      event('JobCancelRequested', { job }),
      claimed(2),
    ]) {
      expect(evolveJob(end, late)).toBe(end);
    }
  });

  it('keeps the highest end of every partition, whatever its last event names', () => {
    const state = given(submitted, claimed(1), progressed(1, { '0': 9 }), completed(1));
    expect(state?.ends).toEqual({ '0': 9, '3': 2 });
    expect(mergeEnds({ '1': 3 }, { '1': 2, '2': 1 })).toEqual({ '1': 3, '2': 1 });
  });

  it('remembers a wish to cancel until somebody has acted on it', () => {
    const state = given(submitted, event('JobCancelRequested', { job }), claimed(1));
    expect(state).toMatchObject({ phase: 'running', cancelRequested: true });
    expect(evolveJob(state, event('JobCancelled', { job, epoch: 1, ends: {} }))?.phase).toBe('cancelled');
  });
});
