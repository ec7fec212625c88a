import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';

import type { Collection, Page, PostFilter, PostRow } from '#libs/api';

import type { Bins } from '../charts/bins.js';
import { binName } from '../charts/time-chart.js';
import { type Filter, pages } from '../data/links.js';
import { counted } from '../format/numbers.js';
import { languageName, listed, platformName } from '../format/words.js';
import { Icon } from '../parts/icon.js';
import { PostItem } from '../parts/post.js';
import { ProblemNotice } from '../parts/state.js';
import { Crumbs } from './crumbs.js';
import { FoundTimes, useTimes } from './found-times.js';
import { Missing } from './not-found.js';
import { Pager } from './pager.js';
import { useTitle } from './title.js';
import { useCollection, useList } from './use-collection.js';

type Name = Exclude<keyof PostFilter, 'order' | 'from' | 'to'>;

const phrases: Readonly<Record<Name, (value: string) => string>> = {
  hashtag: (v) => `with #${v}`,
  mention: (v) => `naming @${v}`,
  url: (v) => `linking ${v}`,
  domain: (v) => `linking to ${v}`,
  media: (v) => `with the file ${v}`,
  language: (v) => `in ${languageName(v)}`,
  source: (v) => (v === '' ? 'of an app not given' : `written with ${v}`),
  platform: (v) => `on ${platformName(v)}`,
  author: (v) => (v.startsWith('@') ? `by ${v}` : `by account ${v}`),
  repostsOf: (v) => `that are or repost ${v}`,
  located: (v) => (v === 'exact' ? 'with an exact point' : 'with a place'),
  withMedia: () => 'with photo or video',
  duplicated: () => 'that came more than once',
  q: (v) => `containing “${v}”`,
};

interface Chip {
  readonly names: readonly string[];
  readonly text: string;
}

/** The filters of an address in words. */
export function chipsOf(query: Readonly<Record<string, string>>): Chip[] {
  const chips: Chip[] = [];
  for (const [name, phrase] of Object.entries(phrases)) {
    const value = query[name];
    if (value !== undefined) chips.push({ names: [name], text: phrase(value) });
  }
  const { from, to } = query;
  if (from !== undefined && to !== undefined) {
    chips.push({
      names: ['from', 'to'],
      text: `of ${binName({ from: Date.parse(from), to: Date.parse(to) })}`,
    });
  }
  return chips;
}

const names: readonly string[] = [...Object.keys(phrases), 'from', 'to', 'order'];

const filterOf = (query: Readonly<Record<string, string>>): Filter =>
  Object.fromEntries(Object.entries(query).filter(([name]) => names.includes(name)));

function Search({ id, filter }: { id: string; filter: Filter }) {
  const { route } = useLocation();
  const [text, setText] = useState(filter.q ?? '');
  useEffect(() => setText(filter.q ?? ''), [filter.q]);
  const order = filter.order ?? 'newest';
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        route(pages.posts(id, { ...filter, q: text.trim() }));
      }}
    >
      <label class="field">
        <Icon name="search" />
        <span class="only-readers">Words that the text must contain</span>
        <input
          type="search"
          placeholder="Words that the text must contain"
          maxLength={500}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <kbd class="only-wide">/</kbd>
      </label>
      <button type="submit" class="button">
        Search
      </button>
      <div class="segments" role="group" aria-label="Order">
        {(['newest', 'oldest'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={order === one}
            onClick={() => route(pages.posts(id, { ...filter, order: one === 'newest' ? '' : one }))}
          >
            {one === 'newest' ? 'Newest first' : 'Oldest first'}
          </button>
        ))}
      </div>
    </form>
  );
}

function Chips({ id, filter, chips }: { id: string; filter: Filter; chips: readonly Chip[] }) {
  return (
    <ul class="filters" aria-label="Only posts">
      {chips.map(({ names: own, text }) => {
        const without = Object.fromEntries(Object.entries(filter).filter(([name]) => !own.includes(name)));
        return (
          <li class="chip" key={text}>
            <span>
              <bdi>{text}</bdi>
            </span>
            <a href={pages.posts(id, without)} aria-label={`No longer only ${text}`}>
              <Icon name="stop" size={12} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function Loaded({ id }: { id: string }) {
  const { query } = useLocation();
  const collection = useCollection(id);
  const filter = filterOf(query);
  const chips = chipsOf(query);
  const from = Number(query['at'] ?? 0);
  const params = {
    ...filter,
    limit: '50',
    ...(query['cursor'] ? { cursor: query['cursor'] } : {}),
  } as Record<string, string>;
  const shownCollection = collection.data ?? null;
  useTitle(`Posts${shownCollection ? `, ${shownCollection.name}` : ''}`);
  if (collection.problem && !shownCollection) return <Missing problem={collection.problem} />;
  return (
    <>
      <Crumbs
        trail={[
          { href: pages.collections, name: 'Collections' },
          { href: pages.collection(id), name: shownCollection?.name ?? '–' },
        ]}
        here="Posts"
      />
      {shownCollection && (
        <Found
          key={JSON.stringify(params)}
          {...{ id, filter, chips, from, params }}
          collection={shownCollection}
        />
      )}
    </>
  );
}

interface FoundProps {
  readonly id: string;
  readonly filter: Filter;
  readonly chips: readonly Chip[];
  readonly from: number;
  readonly params: Readonly<Record<string, string>>;
  readonly collection: Collection;
}

const NothingFound = ({ collection, all }: { collection: FoundProps['collection']; all: boolean }) => (
  <p class="empty">
    No post is like that.{' '}
    {!all && (
      <a class="link" href={pages.posts(collection.id)}>
        All {counted(collection.totals.posts, 'post')}
      </a>
    )}
  </p>
);

function Head({ total, chips }: { total: number | null; chips: readonly Chip[] }) {
  return (
    <div class="head below-crumbs">
      <h1 tabIndex={-1}>{total === null ? '–' : counted(total, 'post')}</h1>
      {chips.length > 0 && (
        <p class="lede">
          <bdi>{listed(chips.map(({ text }) => text))}</bdi>
        </p>
      )}
    </div>
  );
}

/** How many match in all: to be seen at the end of the list, else from their time line. Null while it is not known. */
function totalOf(page: Page<PostRow> | undefined, from: number, times: Bins | null): number | null {
  return page?.next === null ? from + page.items.length : (times?.posts ?? null);
}

function Found({ id, filter, chips, from, params, collection }: FoundProps) {
  const { data, problem } = useList<Page<PostRow>>(collection, 'posts', params, 3_000);
  const times = useTimes(collection, filter);
  const all = chips.length === 0;
  const total = all ? collection.totals.posts : totalOf(data, from, times);
  return (
    <>
      <Head total={total} chips={chips} />
      <Search id={id} filter={filter} />
      {!all && <Chips id={id} filter={filter} chips={chips} />}
      {problem && <ProblemNotice problem={problem} />}
      <div class="grid posts-grid">
        <div class="c8">
          <ol class="posts" aria-label="Posts found">
            {data?.items.map((post) => (
              <PostItem key={post.ref} collection={id} post={post} />
            ))}
          </ol>
          {data?.items.length === 0 && <NothingFound collection={collection} all={all} />}
          {data && <Pager next={data.next} from={from} shown={data.items.length} total={total} />}
        </div>
        <FoundTimes id={id} filter={filter} times={times} />
      </div>
    </>
  );
}

export function PostsPage() {
  const { id = '' } = useRoute().params;
  return <Loaded key={id} id={id} />;
}
