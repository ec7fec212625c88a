import type { Checkpoint, Collected, JobEvent, JobSpec, RawEnds } from './job-event.js';

/** `completed` here says that collecting has ended; it reads as completed when everything is counted as well. */
export type JobPhase = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface JobState {
  readonly job: string;
  readonly collection: string;
  readonly spec: JobSpec;
  readonly phase: JobPhase;
  readonly cancelRequested: boolean;
  /** 0 until the job is first claimed. Events of a lower epoch are a zombie's and change nothing. */
  readonly epoch: number;
  readonly holder: string | null;
  readonly checkpoint: Checkpoint;
  readonly collected: Collected;
  readonly ends: RawEnds;
  readonly error: string | null;
  readonly submittedAt: string;
  readonly changedAt: string;
}

const ended: ReadonlySet<JobPhase> = new Set(['completed', 'failed', 'cancelled']);
export const hasEnded = (state: JobState): boolean => ended.has(state.phase);

/** The higher end per partition: ends only ever grow, whatever order they are merged in. */
export function mergeEnds(a: RawEnds, b: RawEnds): RawEnds {
  const merged = { ...a };
  for (const [partition, end] of Object.entries(b)) merged[partition] = Math.max(merged[partition] ?? 0, end);
  return merged;
}

/**
 * The fold of a job's events. Total and pure: what is illegal in the present state (a lower epoch, a second end,
 * a transition out of an end) leaves the state as it is, so that a zombie can write what it wants.
 * Returns null until the job is submitted.
 */
export function evolveJob(state: JobState | null, event: JobEvent): JobState | null {
  if (event.type === 'JobSubmitted') return state ?? submitted(event);
  if (!state || hasEnded(state)) return state;
  if (event.type === 'JobCancelRequested')
    return { ...state, cancelRequested: true, changedAt: event.occurredAt };
  if (event.type === 'JobClaimed') return claimed(state, event);
  return fenced(state, event);
}

function submitted(event: Extract<JobEvent, { type: 'JobSubmitted' }>): JobState {
  const { job, collection, spec } = event.data;
  return {
    job,
    collection,
    spec,
    phase: 'queued',
    cancelRequested: false,
    epoch: 0,
    holder: null,
    checkpoint: { source: 0, position: -1 },
    collected: { unit: spec.kind === 'upload' ? 'bytes' : 'records', done: 0, total: null, records: 0 },
    ends: {},
    error: null,
    submittedAt: event.occurredAt,
    changedAt: event.occurredAt,
  };
}

function claimed(state: JobState, event: Extract<JobEvent, { type: 'JobClaimed' }>): JobState {
  const { epoch, holder } = event.data;
  if (epoch <= state.epoch) return state;
  return { ...state, phase: 'running', epoch, holder, changedAt: event.occurredAt };
}

function fenced(state: JobState, event: JobEvent): JobState {
  switch (event.type) {
    case 'JobProgressed':
    case 'JobCompleted': {
      if (event.data.epoch !== state.epoch) return state;
      const { checkpoint, collected, ends } = event.data;
      return {
        ...state,
        phase: event.type === 'JobCompleted' ? 'completed' : state.phase,
        checkpoint,
        collected,
        ends: mergeEnds(state.ends, ends),
        changedAt: event.occurredAt,
      };
    }
    case 'JobFailed':
    case 'JobCancelled': {
      if (event.data.epoch !== state.epoch) return state;
      return {
        ...state,
        phase: event.type === 'JobFailed' ? 'failed' : 'cancelled',
        error: event.type === 'JobFailed' ? event.data.error : null,
        ends: mergeEnds(state.ends, event.data.ends),
        changedAt: event.occurredAt,
      };
    }
    default:
      return state;
  }
}
