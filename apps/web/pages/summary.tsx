import type { ComponentChildren } from 'preact';

import type { Collection } from '#libs/api';

import { pages } from '../data/links.js';
import { count, counted, percent, ratio } from '../format/numbers.js';
import { duration, span } from '../format/time.js';
import { listed } from '../format/words.js';
import { Figure } from '../parts/figure.js';
import { Icon, type IconName } from '../parts/icon.js';

/** The sentence that answers first: what is here, and is anything missing. */
export function Lede({ collection }: { collection: Collection }) {
  const { totals, id, settled } = collection;
  if (totals.posts === 0) {
    return (
      <p class="lede">
        {settled ? 'No post is in here.' : 'The first posts are on their way.'}
        {totals.rejections > 0 && (
          <>
            {' '}
            <a class="drill" href={pages.rejections(id)}>
              {counted(totals.rejections, 'record')}
            </a>{' '}
            could not be read.
          </>
        )}
      </p>
    );
  }
  const when =
    totals.firstPostAt && totals.lastPostAt
      ? span(new Date(totals.firstPostAt), new Date(totals.lastPostAt))
      : 'without times';
  return (
    <p class="lede">
      <a class="drill" href={pages.posts(id)}>
        <b>{counted(totals.posts, 'post')}</b>
      </a>{' '}
      by{' '}
      <a class="drill" href={pages.list(id, 'authors')}>
        {counted(totals.authors, 'person', 'people')}
      </a>{' '}
      {when}
      {settled ? '' : ' so far, and more are on their way'}.{' '}
      {totals.rejections === 0 ? (
        'Everything handed over could be read.'
      ) : (
        <>
          Nothing is missing but{' '}
          <a class="drill" href={pages.rejections(id)}>
            {counted(totals.rejections, 'record')}
          </a>{' '}
          that could not be read; {totals.rejections === 1 ? 'it is' : 'they are'} kept.
        </>
      )}
    </p>
  );
}

interface StatProps {
  readonly name: string;
  readonly value: number;
  readonly href: string;
  readonly note: ComponentChildren;
}

const Stat = ({ name, value, href, note }: StatProps) => (
  <div>
    <p class="stat-name">{name}</p>
    <p class="stat-value">
      <a href={href} aria-label={`${name}: ${count(value)}`}>
        {count(value)}
      </a>
    </p>
    <p class="stat-note">{note}</p>
  </div>
);

const about = ({ totals }: Collection): string =>
  totals.firstPostAt && totals.lastPostAt
    ? `over ${duration(Date.parse(totals.lastPostAt) - Date.parse(totals.firstPostAt))}`
    : 'none yet';

function statsOf(collection: Collection): StatProps[] {
  const { totals, id } = collection;
  const each = totals.authors > 0 ? `${ratio(totals.posts / totals.authors)} posts each` : 'none yet';
  const files = (
    <a class="drill" href={pages.list(id, 'media')}>
      {counted(totals.distinct.media, 'different file')}
    </a>
  );
  const points = (
    <a class="drill" href={pages.posts(id, { located: 'exact' })}>
      {counted(totals.exactlyLocated, 'exact point')}
    </a>
  );
  const why = (
    <>
      kept,{' '}
      <a class="link" href={pages.rejections(id)}>
        see why
      </a>
    </>
  );
  const refused = totals.rejections > 0 ? why : 'no record was refused';
  return [
    { name: 'Posts', value: totals.posts, href: pages.posts(id), note: about(collection) },
    { name: 'People', value: totals.authors, href: pages.list(id, 'authors'), note: each },
    {
      name: 'With photo or video',
      value: totals.withMedia,
      href: pages.posts(id, { withMedia: 'true' }),
      note: files,
    },
    { name: 'With a place', value: totals.located, href: pages.posts(id, { located: 'any' }), note: points },
    {
      name: 'Duplicates set aside',
      value: totals.duplicates,
      href: pages.posts(id, { duplicated: 'true' }),
      note: 'counted once only',
    },
    { name: 'Could not be read', value: totals.rejections, href: pages.rejections(id), note: refused },
  ];
}

export const Stats = ({ collection }: { collection: Collection }) => (
  <div class="stats">
    {statsOf(collection).map((stat) => (
      <Stat key={stat.name} {...stat} />
    ))}
  </div>
);

interface Entry {
  readonly icon: IconName;
  readonly name: string;
  readonly n: number;
  readonly say: string;
}

/** Every record that was handed over is one of these: the answer to "did we get everything?". */
export function Account({ collection }: { collection: Collection }) {
  const { totals } = collection;
  const controls = Object.values(totals.controls).reduce((sum, n) => sum + n, 0);
  const all = totals.posts + totals.duplicates + totals.rejections + controls;
  const kinds = Object.entries(totals.controls).map(([kind, n]) => `${count(n)} ${kind}`);
  const entries: Entry[] = [
    {
      icon: 'done',
      name: counted(totals.posts, 'post'),
      n: totals.posts,
      say: 'Counted in every number of this page.',
    },
    {
      icon: 'list',
      name: counted(totals.duplicates, 'duplicate'),
      n: totals.duplicates,
      say: 'Further copies of a known post, set aside.',
    },
    {
      icon: 'fail',
      name: `${count(totals.rejections)} not read`,
      n: totals.rejections,
      say: 'Kept byte for byte, and can be replayed.',
    },
    {
      icon: 'info',
      name: counted(controls, 'message'),
      n: controls,
      say: kinds.length > 0 ? `No posts: ${listed(kinds)}.` : 'None.',
    },
  ];
  return (
    <Figure
      title="Did we get everything?"
      span="c3"
      sub={
        all > 0
          ? `${counted(all, 'record')} handed over${collection.settled ? '' : ' so far'}, each is one of these`
          : 'Nothing is handed over yet'
      }
    >
      <ul class="ledger">
        {entries
          .filter(({ n }) => n > 0)
          .map((entry) => (
            <li key={entry.icon}>
              <Icon name={entry.icon} />
              <div>
                <b>{entry.name}</b> <span class="ink3">{percent(entry.n, all)}</span>
                <p>{entry.say}</p>
              </div>
            </li>
          ))}
      </ul>
    </Figure>
  );
}
