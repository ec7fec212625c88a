import { Column, Entity } from 'typeorm';

import {
  type Checkpoint,
  type Collected,
  type JobPhase,
  type JobSpec,
  type JobState,
  type RawEnds,
} from '#libs/events';

import { KeyText, optional, Text, Time } from './columns.js';

/** The fold of a job's events (`evolveJob`) as a row. */
@Entity('jobs')
export class JobRow {
  @KeyText() id!: string;
  @Text() collection!: string;
  @Text() kind!: string;
  @Column({ type: 'jsonb' }) spec!: JobSpec;
  @Text() phase!: JobPhase;
  @Column({ type: 'boolean' }) cancel_requested!: boolean;
  @Column({ type: 'int' }) epoch!: number;
  @Text(optional) holder!: string | null;
  @Column({ type: 'jsonb' }) checkpoint!: Checkpoint;
  @Column({ type: 'jsonb' }) collected!: Collected;
  @Column({ type: 'jsonb' }) ends!: RawEnds;
  @Text(optional) error!: string | null;
  @Time() submitted_at!: string;
  @Time() changed_at!: string;
}

export const jobStorage = ['create index jobs_by_collection on jobs (collection)'];

/** Times come as `Date` out of the database, as ISO 8601 text out of events. */
type Stored = Omit<JobRow, 'submitted_at' | 'changed_at'> & {
  readonly submitted_at: string | Date;
  readonly changed_at: string | Date;
};

const iso = (time: string | Date) => new Date(time).toISOString();

export const jobStateOf = (row: Stored): JobState => ({
  job: row.id,
  collection: row.collection,
  spec: row.spec,
  phase: row.phase,
  cancelRequested: row.cancel_requested,
  epoch: row.epoch,
  holder: row.holder,
  checkpoint: row.checkpoint,
  collected: row.collected,
  ends: row.ends,
  error: row.error,
  submittedAt: iso(row.submitted_at),
  changedAt: iso(row.changed_at),
});

export const jobRowOf = (state: JobState): JobRow => ({
  id: state.job,
  collection: state.collection,
  kind: state.spec.kind,
  spec: state.spec,
  phase: state.phase,
  cancel_requested: state.cancelRequested,
  epoch: state.epoch,
  holder: state.holder,
  checkpoint: state.checkpoint,
  collected: state.collected,
  ends: state.ends,
  error: state.error,
  submitted_at: state.submittedAt,
  changed_at: state.changedAt,
});
