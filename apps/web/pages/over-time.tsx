import { useMemo, useState } from 'preact/hooks';

import type { Collection, Timeline } from '#libs/api';

import { type Bin, type Bucket, bestBucket, bucketFits, joinBins, stepName } from '../charts/bins.js';
import { TimeChart, binName } from '../charts/time-chart.js';
import { pages } from '../data/links.js';
import { capital, count, counted } from '../format/numbers.js';
import { Figure } from '../parts/figure.js';
import { Table } from '../parts/table.js';
import { serverNow } from '../shell/status.js';
import { useList } from './use-collection.js';

const MOST_BARS = 180;
const buckets: readonly Bucket[] = ['minute', 'hour', 'day'];

export const binPosts = (id: string, bin: Bin): string =>
  pages.posts(id, { from: new Date(bin.from).toISOString(), to: new Date(bin.to).toISOString() });

interface ChoiceProps {
  readonly bucket: Bucket;
  /** Length of the collection in ms. */
  readonly span: number;
  readonly choose: (bucket: Bucket) => void;
}

const Choice = ({ bucket, span, choose }: ChoiceProps) => (
  <div class="segments" role="group" aria-label="Posts per">
    {buckets.map((one) => {
      const fits = bucketFits(one, span, MOST_BARS);
      return (
        <button
          key={one}
          type="button"
          aria-pressed={one === bucket}
          disabled={!fits}
          title={fits ? `Posts per ${one}` : `The span is too long for bars of ${one}s`}
          onClick={() => choose(one)}
        >
          {capital(one)}
        </button>
      );
    })}
  </div>
);

const BinTable = ({ id, name, bins }: { id: string; name: string; bins: readonly Bin[] }) => (
  <Table
    caption={`Posts per ${name}`}
    rows={bins.filter((bin) => bin.posts > 0)}
    rowKey={(bin) => String(bin.from)}
    columns={[
      { name: 'Time (UTC)', cell: binName },
      {
        name: 'Posts',
        kind: 'number',
        cell: (bin) => (
          <a class="drill" href={binPosts(id, bin)}>
            {count(bin.posts)}
          </a>
        ),
      },
    ]}
  />
);

export function OverTime({ collection }: { collection: Collection }) {
  const { totals, id } = collection;
  const span =
    totals.firstPostAt && totals.lastPostAt
      ? Date.parse(totals.lastPostAt) - Date.parse(totals.firstPostAt)
      : 0;
  const [chosen, setChosen] = useState<Bucket | null>(null);
  const bucket = chosen ?? bestBucket(span);
  const { data } = useList<Timeline>(collection, 'timeline', { bucket });
  const { bins, step, posts } = useMemo(() => joinBins(data?.items ?? [], bucket, MOST_BARS), [data, bucket]);
  const timeless = data && collection.settled ? totals.posts - posts : 0;
  const name = stepName(step);
  return (
    <Figure
      title="Posts over time"
      span="c9"
      sub={`Posts per ${name}, by the post’s own time${timeless > 0 ? `; ${counted(timeless, 'post')} without a time` : ''}.`}
      end={<Choice bucket={bucket} span={span} choose={setChosen} />}
      table={() => <BinTable id={id} name={name} bins={bins} />}
    >
      <TimeChart
        bins={bins}
        label={`Posts per ${name}: ${counted(posts, 'post')} in ${counted(bins.length, 'bar')}. Arrows walk them, Enter opens the posts.`}
        hrefOf={(bin) => binPosts(id, bin)}
        now={serverNow().getTime()}
      />
      {data && totals.posts === 0 && (
        <p class="empty">No post yet; its bar appears here as soon as one is counted.</p>
      )}
    </Figure>
  );
}
