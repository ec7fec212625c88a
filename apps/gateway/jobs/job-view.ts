import { type Job, type JobStage, type JobState as State } from '#libs/api';
import { hasEnded, type JobState, type RawEnds } from '#libs/events';

/** Next raw offset that is counted, per partition. */
export type Counted = ReadonlyMap<number, number>;

export interface JobFacts {
  readonly state: JobState;
  /** Records of it that are counted. */
  readonly counted: number;
  readonly sources: Job['sources'];
}

/** Everything up to these ends is counted. */
export const isCounted = (ends: RawEnds, counted: Counted): boolean =>
  Object.entries(ends).every(([partition, end]) => (counted.get(Number(partition)) ?? 0) >= end);

/** A job as people see it. It reads as completed only when all of it is counted. */
export function jobView({ state, counted, sources }: JobFacts, offsets: Counted): Job {
  const { spec } = state;
  const seen = seenState(state, offsets);
  return {
    id: state.job,
    kind: spec.kind,
    collection: state.collection,
    state: seen,
    reason: reasonOf(state, seen),
    until: null,
    stages: stagesOf(state, counted),
    sources,
    submittedAt: state.submittedAt,
    changedAt: state.changedAt,
  };
}

function seenState({ phase, ends }: JobState, offsets: Counted): State {
  return phase === 'completed' && !isCounted(ends, offsets) ? 'running' : phase;
}

function reasonOf({ phase, error, cancelRequested }: JobState, seen: State): string | null {
  if (phase === 'failed') return error;
  if (phase === 'completed' && seen === 'running') return 'Everything is read; the rest is being counted.';
  if (cancelRequested && (phase === 'queued' || phase === 'running')) {
    return 'It is being cancelled; what was read stays counted.';
  }
  return null;
}

function stagesOf({ spec, phase, collected, error, ...state }: JobState, counted: number): Job['stages'] {
  const uploaded = spec.kind === 'upload' ? spec.files.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
  // How many records there are to count is known when the last one is read.
  const total = hasEnded({ spec, phase, collected, error, ...state }) ? collected.records : null;
  const records: JobStage = { done: counted, total, unit: 'records', error: null };
  return {
    upload: { done: uploaded, total: uploaded, unit: 'bytes', error: null },
    collect: {
      done: collected.done,
      total: collected.total,
      unit: collected.unit,
      error: phase === 'failed' ? error : null,
    },
    // What is counted has been enriched; there is no other witness of it in the tables.
    enrich: records,
    count: records,
  };
}
