import { type Outcome, rejectionReasons } from '#libs/events';
import { type LogBatch } from '#libs/kafka';
import { meter } from '#libs/runtime';

const outcomes = meter.createCounter('murmuration_enrich_outcomes_total', {
  description: 'Raw records that were read, by what they turned out to be',
});
const rejections = meter.createCounter('murmuration_enrich_rejections_total', {
  description: 'Raw records that became no post, by reason',
});
const records = meter.createCounter('murmuration_enrich_records_total', {
  description: 'Raw records whose outcomes are in the log',
});
const batches = meter.createHistogram('murmuration_enrich_batch_seconds', {
  description: 'From a batch of raw records to the acknowledgement of its outcomes',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] },
});
const lags = new Map<string, number>();
meter
  .createObservableGauge('murmuration_enrich_lag_records', {
    description: 'Raw records behind the end of the log, by group and partition',
  })
  .addCallback((result) => {
    for (const [place, lag] of lags) {
      const [group = '', partition = ''] = place.split(' ');
      result.observe(lag, { group, partition });
    }
  });

const types = {
  PostEnriched: 'post',
  RecordRejected: 'rejection',
  ControlSeen: 'control',
  MarkerPassed: 'marker',
} as const satisfies Record<Outcome['type'], string>;

for (const kind of Object.values(types)) outcomes.add(0, { kind });
for (const reason of rejectionReasons) rejections.add(0, { reason });
records.add(0);

/** The outcomes of a batch by kind and reason: the counters themselves cost more per call than reading a post. */
export class OutcomeTally {
  readonly kinds = new Map<string, number>();
  readonly reasons = new Map<string, number>();

  add({ type, data }: Outcome): void {
    bump(this.kinds, types[type]);
    if (type === 'RecordRejected') bump(this.reasons, data.reason);
  }
}

/** A batch whose outcomes are acknowledged. */
export function noteBatch(group: string, batch: LogBatch, tally: OutcomeTally, seconds: number): void {
  for (const [kind, count] of tally.kinds) outcomes.add(count, { kind });
  for (const [reason, count] of tally.reasons) rejections.add(count, { reason });
  records.add(batch.messages.length);
  batches.record(seconds);
  lags.set(`${group} ${batch.partition}`, Math.max(0, batch.highWatermark - batch.next));
}

function bump(tally: Map<string, number>, key: string): void {
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

/** Forgets how far behind a group is of which this process has no partition any more. */
export function forgetLags(group: string): void {
  for (const place of lags.keys()) if (place.startsWith(`${group} `)) lags.delete(place);
}
