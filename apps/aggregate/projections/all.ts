import { authors } from './authors.js';
import { counters } from './counters.js';
import { deletedPartitions } from './deleted-partitions.js';
import { distincts } from './distincts.js';
import { forms } from './forms.js';
import { jobCounts } from './job-counts.js';
import { minutes } from './minutes.js';
import { positions } from './positions.js';
import { type Projection } from './projection.js';
import { rejections } from './rejections.js';
import { reposts } from './reposts.js';
import { totals } from './totals.js';

/**
 * Everything that is folded from outcomes, in the order in which every transaction writes it: the many rows first,
 * those that all writers share last, so that they are locked for the shortest time.
 */
export const projections: readonly Projection[] = [
  counters,
  forms,
  authors,
  reposts,
  rejections,
  positions,
  deletedPartitions,
  minutes,
  jobCounts,
  distincts,
  totals,
];
