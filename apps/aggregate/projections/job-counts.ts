import { Entity } from 'typeorm';

import { Count, KeyText, Text } from './columns.js';
import { projection } from './projection.js';

/** What became of the records of a job. */
@Entity('job_counts')
export class JobCount {
  @KeyText() job!: string;
  @Text() collection!: string;
  @Count() records!: number;
  @Count() posts!: number;
  @Count() duplicates!: number;
  @Count() rejections!: number;
  @Count() controls!: number;
}

type Counted = 'posts' | 'duplicates' | 'rejections' | 'controls';

const one =
  (counted: Counted) =>
  ({ outcome: { job, collection } }: { outcome: { job: string; collection: string } }): JobCount[] => [
    {
      job,
      collection,
      records: 1,
      posts: 0,
      duplicates: 0,
      rejections: 0,
      controls: 0,
      [counted]: 1,
    },
  ];

export const jobCounts = projection<JobCount>({
  table: 'job_counts',
  entity: JobCount,
  key: ['job'],
  merge: {
    collection: 'max',
    records: 'sum',
    posts: 'sum',
    duplicates: 'sum',
    rejections: 'sum',
    controls: 'sum',
  },
  fold: {
    post: one('posts'),
    duplicate: one('duplicates'),
    control: one('controls'),
    rejected: one('rejections'),
    retried: one('rejections'),
  },
});
