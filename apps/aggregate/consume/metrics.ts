import { rejectionReasons } from '#libs/events';
import { meter } from '#libs/runtime';

import { type FoldCounts } from '../fold/fold.js';
import { type Slice } from '../fold/slice.js';

const outcomes = meter.createCounter('murmuration_aggregate_outcomes_total', {
  description:
    'Outcomes folded, by what they turned out to be; dropped: delivered before, or of what is deleted',
});
const rejections = meter.createCounter('murmuration_aggregate_rejections_total', {
  description: 'Rejected records folded, by reason',
});
const commits = meter.createHistogram('murmuration_aggregate_commit_seconds', {
  description: 'Duration of one folding transaction',
  unit: 's',
});
const retries = meter.createCounter('murmuration_aggregate_retries_total', {
  description: 'Folding transactions that were run again',
});
const lags = new Map<string, number>();
meter
  .createObservableGauge('murmuration_aggregate_lag_records', {
    description: 'Records behind the end of the log, by generation and topic',
  })
  .addCallback((result) => {
    for (const [place, lag] of lags) {
      const [generation = '', topic = '', partition = ''] = place.split(' ');
      result.observe(lag, { generation, topic, partition });
    }
  });

const kinds = ['posts', 'duplicates', 'rejections', 'controls', 'dropped'] as const;
for (const kind of kinds) outcomes.add(0, { kind });
for (const reason of rejectionReasons) rejections.add(0, { reason });
retries.add(0);

export function noteCommit(counts: FoldCounts, slices: readonly Slice[], seconds: number): void {
  for (const kind of kinds) outcomes.add(counts[kind], { kind });
  for (const { records } of slices) {
    for (const { outcome } of records) {
      if (outcome.type === 'RecordRejected') rejections.add(1, { reason: outcome.data.reason });
    }
  }
  commits.record(seconds);
}

export const noteRetry = (): void => retries.add(1);

export function noteLag(generation: number, topic: string, partition: number, lag: number): void {
  lags.set(`${generation} ${topic} ${partition}`, lag);
}

export function forgetLags(generation: number): void {
  for (const place of lags.keys()) if (place.startsWith(`${generation} `)) lags.delete(place);
}
