import type { Collection, Count, CountedList, Page } from '#libs/api';

import { filterOf, pages } from '../data/links.js';
import { count, counted } from '../format/numbers.js';
import { languageName } from '../format/words.js';
import { type Bar, Bars } from '../parts/bars.js';
import { Figure } from '../parts/figure.js';
import { Table } from '../parts/table.js';
import { useList } from './use-collection.js';

export interface ListWords {
  readonly title: string;
  /** `9,214 different, …` */
  readonly sub: (distinct: number) => string;
  readonly empty: string;
  readonly key: string;
}

export const listWords: Readonly<Record<CountedList, ListWords>> = {
  hashtags: {
    title: 'Hashtags',
    sub: (n) => `${count(n)} different, upper and lower case as one`,
    empty: 'No post carries a hashtag yet.',
    key: 'Hashtag',
  },
  mentions: {
    title: 'Mentions',
    sub: (n) => counted(n, 'account'),
    empty: 'No post names anybody yet.',
    key: 'Account',
  },
  domains: {
    title: 'Linked sites',
    sub: (n) => `${counted(n, 'domain')}, short links as the platform resolves them`,
    empty: 'No post links anywhere yet.',
    key: 'Domain',
  },
  urls: {
    title: 'Linked pages',
    sub: (n) => `${counted(n, 'address', 'addresses')}, short links as the platform resolves them`,
    empty: 'No post links anywhere yet.',
    key: 'Address',
  },
  media: {
    title: 'Photos and videos',
    sub: (n) => `${counted(n, 'file')}; every photo of a post`,
    empty: 'No post carries a photo or a video yet.',
    key: 'File',
  },
  languages: {
    title: 'Languages',
    sub: (n) => `As the platform says; ${counted(n, 'language')}`,
    empty: 'No post tells its language yet.',
    key: 'Language',
  },
  sources: {
    title: 'Written with',
    sub: (n) => counted(n, 'app'),
    empty: 'No post tells its app yet.',
    key: 'App',
  },
};

/** A key as people read it. */
export function keyLabel(list: CountedList, { key, display, type }: Count): string {
  if (list === 'hashtags') return `#${display}`;
  if (list === 'mentions') return `@${display}`;
  if (list === 'languages') return languageName(key);
  if (list === 'sources') return display === '' ? 'Not given' : display;
  if (list === 'urls') return display.replace(/^https?:\/\/(www\.)?/, '');
  if (list === 'media')
    return `${type === 'animated_gif' ? 'GIF' : (type ?? 'file')} ${display.replace(/^.*\//, '')}`;
  return display;
}

const times = ({ count: n, posts }: Count): string =>
  n === posts ? counted(n, 'post') : `${count(n)} times in ${counted(posts, 'post')}`;

export const postsOfKey = (collection: string, list: CountedList, key: string): string =>
  pages.posts(collection, { [filterOf[list]]: key });

const barOf = (collection: string, list: CountedList, row: Count): Bar => ({
  key: `${row.key} ${row.type ?? ''}`,
  label: keyLabel(list, row),
  value: row.count,
  href: postsOfKey(collection, list, row.key),
  title: `${list === 'urls' || list === 'media' ? row.display : keyLabel(list, row)}: ${times(row)}`,
});

interface Props {
  readonly collection: Collection;
  readonly list: CountedList;
  readonly span: string;
  readonly rows?: number;
}

/** The first keys of a list as bars; all of them on its own page. */
export function CountedFigure({ collection, list, span, rows = 10 }: Props) {
  const words = listWords[list];
  const distinct = collection.totals.distinct[list];
  const { data } = useList<Page<Count>>(collection, list, { limit: String(rows) });
  const shown = data?.items ?? [];
  return (
    <Figure
      title={words.title}
      span={span}
      sub={words.sub(distinct)}
      end={
        distinct > 0 && (
          <a class="link" href={pages.list(collection.id, list)}>
            All {count(distinct)}
            <span class="only-readers"> of: {words.title}</span>
          </a>
        )
      }
    >
      {data && shown.length === 0 ? (
        <p class="empty">{words.empty}</p>
      ) : (
        <Bars
          rows={shown.map((row) => barOf(collection.id, list, row))}
          wide={list === 'urls' || list === 'media'}
        />
      )}
    </Figure>
  );
}

/** The same rows as a table, for the list's own page. */
export function CountedTable({
  collection,
  list,
  rows,
  from,
}: {
  collection: string;
  list: CountedList;
  rows: readonly Count[];
  from: number;
}) {
  const words = listWords[list];
  const rank = new Map(rows.map((row, i) => [row, from + i + 1]));
  return (
    <Table
      caption={words.title}
      rows={rows}
      rowKey={(row) => `${row.key} ${row.type ?? ''}`}
      columns={[
        { name: 'Rank', kind: 'right', cell: (row) => <span class="ink3">{count(rank.get(row) ?? 0)}</span> },
        {
          name: words.key,
          kind: 'key',
          cell: (row) => <bdi>{list === 'urls' || list === 'media' ? row.display : keyLabel(list, row)}</bdi>,
        },
        ...(list === 'media' ? [{ name: 'Kind', cell: (row: Count) => row.type ?? '' }] : []),
        ...(list === 'languages'
          ? [{ name: 'Code', cell: (row: Count) => <span class="mono">{row.key}</span> }]
          : []),
        { name: 'Times', kind: 'right', cell: (row) => count(row.count) },
        {
          name: 'Posts',
          kind: 'number',
          cell: (row) => (
            <a class="drill" href={postsOfKey(collection, list, row.key)}>
              {count(row.posts)}
            </a>
          ),
        },
      ]}
    />
  );
}
