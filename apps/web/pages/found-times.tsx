import { useMemo } from 'preact/hooks';

import type { Collection, Timeline } from '#libs/api';

import { type Bins, bestBucket, joinBins, stepName } from '../charts/bins.js';
import { TimeChart } from '../charts/time-chart.js';
import { type Filter, pages } from '../data/links.js';
import { counted } from '../format/numbers.js';
import { Figure } from '../parts/figure.js';
import { serverNow } from '../shell/status.js';
import { useList } from './use-collection.js';

const MOST_BARS = 60;

/** When the found posts were written. Null while it is not known; posts without a time are in no bar. */
export function useTimes(collection: Collection, { order: _order, ...filter }: Filter): Bins | null {
  const { firstPostAt, lastPostAt } = collection.totals;
  const from = Date.parse(filter.from ?? firstPostAt ?? '');
  const to = Date.parse(filter.to ?? lastPostAt ?? '');
  const bucket = bestBucket(Number.isFinite(to - from) ? to - from : 0);
  const { data } = useList<Timeline>(collection, 'timeline', { ...filter, bucket }, 3_000);
  return useMemo(() => (data ? joinBins(data.items, data.bucket, MOST_BARS) : null), [data]);
}

/** The same posts over time; a bar narrows the search to its span. */
export function FoundTimes({ id, filter, times }: { id: string; filter: Filter; times: Bins | null }) {
  if (times === null || times.bins.length < 2) return <div class="c4" />;
  const name = stepName(times.step);
  return (
    <Figure title="When" sub={`Posts per ${name}; a bar narrows the search to its span.`} span="c4 beside">
      <TimeChart
        bins={times.bins}
        label={`Found posts per ${name}: ${counted(times.posts, 'post')} in ${counted(times.bins.length, 'bar')}`}
        hrefOf={({ from, to }) =>
          pages.posts(id, { ...filter, from: new Date(from).toISOString(), to: new Date(to).toISOString() })
        }
        now={serverNow().getTime()}
      />
    </Figure>
  );
}
