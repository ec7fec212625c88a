import { useLocation, useRoute } from 'preact-iso';

import type { AuthorRow, Collection, Count, CountedList, Page, RepostRow } from '#libs/api';

import { pages, rest } from '../data/links.js';
import { count } from '../format/numbers.js';
import { ProblemNotice } from '../parts/state.js';
import { CountedTable, listWords } from './counted-list.js';
import { Crumbs } from './crumbs.js';
import { NotFound, Missing } from './not-found.js';
import { Pager } from './pager.js';
import { PeopleTable, RepostItems } from './people.js';
import { useTitle } from './title.js';
import { useCollection, useList } from './use-collection.js';

const PAGE = 100;

type Listed = CountedList | 'authors' | 'reposts';

const isListed = (list: string): list is Listed =>
  list in listWords || list === 'authors' || list === 'reposts';

const titleOf = (list: Listed): string =>
  list === 'authors' ? 'People' : list === 'reposts' ? 'Most reposted' : listWords[list].title;

const totalOf = ({ totals }: Collection, list: Listed): number | null =>
  list === 'authors' ? totals.authors : list === 'reposts' ? null : totals.distinct[list];

function Rows({
  collection,
  list,
  cursor,
  from,
}: {
  collection: Collection;
  list: Listed;
  cursor: string | undefined;
  from: number;
}) {
  const { data, problem } = useList<Page<Count | AuthorRow | RepostRow>>(collection, list, {
    limit: String(PAGE),
    ...(cursor === undefined ? {} : { cursor }),
  });
  if (problem) return <ProblemNotice problem={problem} />;
  if (!data) return <p class="empty">–</p>;
  if (data.items.length === 0) return <p class="empty">Nothing is in this list yet.</p>;
  return (
    <>
      {list === 'authors' && <PeopleTable collection={collection.id} rows={data.items as AuthorRow[]} />}
      {list === 'reposts' && (
        <RepostItems
          collection={collection.id}
          rows={data.items as RepostRow[]}
          top={(data.items[0] as RepostRow).count}
        />
      )}
      {list !== 'authors' && list !== 'reposts' && (
        <CountedTable collection={collection.id} list={list} rows={data.items as Count[]} from={from} />
      )}
      <Pager next={data.next} from={from} shown={data.items.length} total={totalOf(collection, list)} />
    </>
  );
}

function Loaded({ id, list }: { id: string; list: Listed }) {
  const { query } = useLocation();
  const { data: collection, problem } = useCollection(id);
  const title = titleOf(list);
  useTitle(collection ? `${title}, ${collection.name}` : title);
  if (problem && !collection) return <Missing problem={problem} />;
  const total = collection ? totalOf(collection, list) : null;
  return (
    <>
      <Crumbs
        trail={[
          { href: pages.collections, name: 'Collections' },
          { href: pages.collection(id), name: collection?.name ?? '–' },
        ]}
        here={title}
      />
      <div class="head below-crumbs grid">
        <div class="c8">
          <h1 tabIndex={-1}>{title}</h1>
          <p class="lede">
            {total === null
              ? 'The highest repost count seen for each original, highest first.'
              : `${count(total)} in all, by how often they occur.`}
          </p>
        </div>
        <div class="c4 head-tools">
          <a
            class="button"
            href={rest.of(id, `${list}.csv`, { profile: 'spreadsheet' })}
            download={`${list}.csv`}
          >
            Spreadsheet
          </a>
          <a class="button" href={rest.of(id, `${list}.csv`)} download={`${list}.csv`}>
            Exact CSV
          </a>
        </div>
      </div>
      {collection && (
        <Rows
          key={query['cursor']}
          collection={collection}
          list={list}
          cursor={query['cursor']}
          from={Number(query['at'] ?? 0)}
        />
      )}
    </>
  );
}

export function ListPage() {
  const { id = '', list = '' } = useRoute().params;
  return isListed(list) ? <Loaded key={`${id} ${list}`} id={id} list={list} /> : <NotFound />;
}
