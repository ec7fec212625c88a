import { useEffect, useRef, useState } from 'preact/hooks';

import type { Timeline } from '#libs/api';

import { bestBucket, joinBins } from '../charts/bins.js';
import { Spark } from '../charts/spark.js';
import { pages, rest } from '../data/links.js';
import { useResource } from '../data/resource.js';
import { count } from '../format/numbers.js';
import { Progress, State } from '../parts/state.js';
import type { Listed } from './collections.js';
import { sourcesLine } from './doing.js';

/** True once the element has been near the screen: what nobody scrolls to is not asked for. */
function useSeen(): [{ current: HTMLLIElement | null }, boolean] {
  const ref = useRef<HTMLLIElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!ref.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, seen];
}

function RowSpark({ collection, seen }: Pick<Listed, 'collection'> & { seen: boolean }) {
  const { posts, firstPostAt, lastPostAt } = collection.totals;
  const span = firstPostAt && lastPostAt ? Date.parse(lastPostAt) - Date.parse(firstPostAt) : 0;
  const bucket = bestBucket(span);
  const timeline = useResource<Timeline>(
    seen && posts > 0 ? rest.of(collection.id, 'timeline', { bucket }) : null,
    {
      version: String(posts),
      gap: 4_000,
    },
  );
  const { bins } = joinBins(timeline.data?.items ?? [], bucket, 96);
  return <Spark values={bins.map((bin) => bin.posts)} />;
}

export function CollectionRow({ collection, doing, jobs }: Listed) {
  const [ref, seen] = useSeen();
  const { totals } = collection;
  const source = sourcesLine(jobs);
  return (
    <li ref={ref} class={doing.tone === 'fail' ? 'row fail' : 'row'}>
      <div>
        <h2 class="row-title">
          <a class="row-link" href={pages.collection(collection.id)}>
            <bdi>{collection.name}</bdi>
          </a>
        </h2>
        {source !== '' && <p class="row-source">{source}</p>}
        {collection.origin === 'simulated' && (
          <p class="row-tags">
            <span class="origin">Simulated</span>
          </p>
        )}
      </div>
      <div>
        <State tone={doing.tone} icon={doing.icon}>
          {doing.words}
        </State>
        {doing.progress && doing.progress.total !== null && (
          <Progress done={doing.progress.done} total={doing.progress.total} label={doing.words} />
        )}
        <p class="row-say">{doing.say}</p>
      </div>
      <RowSpark collection={collection} seen={seen} />
      <p class="row-right only-wide">
        <span class="row-posts">{count(totals.posts)}</span>
      </p>
      <p class="row-right row-number only-wide">{count(totals.authors)}</p>
      <p class="row-right row-number only-wide">
        {totals.rejections > 0 ? (
          <a class="drill" href={pages.rejections(collection.id)}>
            {count(totals.rejections)}
          </a>
        ) : (
          '0'
        )}
      </p>
      <p class="row-foot only-phone">
        <span class="row-posts">
          {count(totals.posts)} {totals.posts === 1 ? 'post' : 'posts'}
        </span>{' '}
        <span class="ink3">{count(totals.authors)} people</span>
      </p>
    </li>
  );
}
