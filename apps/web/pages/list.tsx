import { useLocation, useRoute } from 'preact-iso';

import type { AuthorRow, Collection, Count, CountedList, Page, RepostRow } from '#libs/api';

import { pages, rest } from '../data/links.js';
import { count, counted } from '../format/numbers.js';
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

const sorts = [
  ['posts', 'Posts'],
  ['followers', 'Followers'],
  ['ratio', 'Ratio'],
] as const;

/** By what people are sorted; the address says it. */
function Sorting({ id, sort }: { id: string; sort: string }) {
  const { route } = useLocation();
  return (
    <div class="segments" role="group" aria-label="Sorted by">
      {sorts.map(([key, name]) => (
        <button
          key={key}
          type="button"
          aria-pressed={key === sort}
          onClick={() => route(pages.list(id, 'authors', key === 'posts' ? {} : { sort: key }))}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

interface RowsProps {
  readonly collection: Collection;
  readonly list: Listed;
  readonly query: Readonly<Record<string, string>>;
}

function Rows({ collection, list, query: { cursor, sort, at } }: RowsProps) {
  const { data, problem } = useList<Page<Count | AuthorRow | RepostRow>>(collection, list, {
    limit: String(PAGE),
    ...(cursor === undefined ? {} : { cursor }),
    ...(list === 'authors' && sort !== undefined ? { sort } : {}),
  });
  const from = Number(at ?? 0);
  if (problem) return <ProblemNotice problem={problem} />;
  if (!data) return <p class="empty">–</p>;
  if (data.items.length === 0) return <p class="empty">Nothing is in this list yet.</p>;
  return (
    <>
      <ListRows collection={collection.id} list={list} rows={data.items} from={from} />
      <Pager next={data.next} from={from} shown={data.items.length} total={totalOf(collection, list)} />
    </>
  );
}

interface ListRowsProps {
  readonly collection: string;
  readonly list: Listed;
  readonly rows: readonly (Count | AuthorRow | RepostRow)[];
  readonly from: number;
}

function ListRows({ collection, list, rows, from }: ListRowsProps) {
  if (list === 'authors') return <PeopleTable collection={collection} rows={rows as AuthorRow[]} />;
  if (list === 'reposts') {
    const reposts = rows as RepostRow[];
    return <RepostItems collection={collection} rows={reposts} top={reposts[0]?.count ?? 1} />;
  }
  return <CountedTable collection={collection} list={list} rows={rows as Count[]} from={from} />;
}

function ledeOf(list: Listed, total: number | null): string {
  if (list === 'reposts') return 'The highest repost count seen for each original, highest first.';
  if (list === 'authors')
    return `${total === null ? '–' : counted(total, 'person', 'people')} wrote the posts.`;
  return `${total === null ? '–' : count(total)} different, by how often they occur.`;
}

function Head({ id, list, total }: { id: string; list: Listed; total: number | null }) {
  const { sort = 'posts' } = useLocation().query;
  const params = list === 'authors' && sort !== 'posts' ? { sort } : {};
  return (
    <div class="head below-crumbs grid">
      <div class="c7">
        <h1 tabIndex={-1}>{titleOf(list)}</h1>
        <p class="lede">{ledeOf(list, total)}</p>
      </div>
      <div class="c5 head-tools">
        {list === 'authors' && <Sorting id={id} sort={sort} />}
        <a class="button" href={rest.of(id, `${list}.csv`, { ...params, profile: 'spreadsheet' })} download>
          Spreadsheet
        </a>
        <a class="button" href={rest.of(id, `${list}.csv`, params)} download>
          Exact CSV
        </a>
      </div>
    </div>
  );
}

function Loaded({ id, list }: { id: string; list: Listed }) {
  const { query } = useLocation();
  const { data: collection, problem } = useCollection(id);
  const title = titleOf(list);
  useTitle(collection ? `${title}, ${collection.name}` : title);
  if (problem && !collection) return <Missing problem={problem} />;
  return (
    <>
      <Crumbs
        trail={[
          { href: pages.collections, name: 'Collections' },
          { href: pages.collection(id), name: collection?.name ?? '–' },
        ]}
        here={title}
      />
      <Head id={id} list={list} total={collection ? totalOf(collection, list) : null} />
      {collection && <Rows key={`${query['cursor']} ${query['sort']}`} {...{ collection, list, query }} />}
    </>
  );
}

export function ListPage() {
  const { id = '', list = '' } = useRoute().params;
  return isListed(list) ? <Loaded key={`${id} ${list}`} id={id} list={list} /> : <NotFound />;
}
