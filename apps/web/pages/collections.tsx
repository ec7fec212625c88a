import { useMemo, useState } from 'preact/hooks';

import type { Collection, Job, Page } from '#libs/api';

import { rest } from '../data/links.js';
import { useResource } from '../data/resource.js';
import { capital, count, inWords } from '../format/numbers.js';
import { listed } from '../format/words.js';
import { Icon } from '../parts/icon.js';
import { ProblemNotice } from '../parts/state.js';
import { importAsked } from '../shell/import-state.js';
import { CollectionRow } from './collection-row.js';
import { type Doing, doingOfCollection, isActive } from './doing.js';
import { FirstStart } from './first-start.js';
import { useTitle } from './title.js';

type Tab = 'all' | 'working' | 'attention';

export interface Listed {
  readonly collection: Collection;
  readonly doing: Doing;
  readonly jobs: readonly Job[];
}

const needsAttention = ({ doing }: Listed): boolean => doing.tone === 'fail' || doing.tone === 'wait';
const isWorking = ({ doing, collection }: Listed): boolean => doing.tone === 'live' || !collection.settled;

function Lede({ all }: { all: readonly Listed[] }) {
  const posts = all.reduce((sum, { collection }) => sum + collection.totals.posts, 0);
  const working = all.filter(isWorking).length;
  const failed = all.filter(({ doing }) => doing.tone === 'fail').length;
  const parts = [
    ...(working > 0 ? [`${inWords(working)} ${working === 1 ? 'is' : 'are'} being read or counted now`] : []),
    ...(failed > 0 ? [`the last import of ${inWords(failed)} failed`] : []),
  ];
  return (
    <p class="lede">
      {capital(inWords(all.length))} {all.length === 1 ? 'collection holds' : 'collections hold'}{' '}
      <b>{count(posts)}</b> {posts === 1 ? 'post' : 'posts'}.{' '}
      {parts.length > 0 ? `${capital(listed(parts))}.` : 'Everything handed over is counted.'}
    </p>
  );
}

interface ToolsProps {
  readonly all: readonly Listed[];
  readonly tab: Tab;
  readonly setTab: (tab: Tab) => void;
  readonly text: string;
  readonly setText: (text: string) => void;
}

function Tools({ all, tab, setTab, text, setText }: ToolsProps) {
  const tabs = [
    ['all', 'All', all.length],
    ['working', 'Working', all.filter(isWorking).length],
    ['attention', 'Need attention', all.filter(needsAttention).length],
  ] as const;
  return (
    <div class="list-tools">
      <div class="tabs" role="group" aria-label="Which collections">
        {tabs.map(([id, name, n]) => (
          <button key={id} type="button" aria-pressed={tab === id} onClick={() => setTab(id)}>
            {name} <span>{count(n)}</span>
          </button>
        ))}
      </div>
      <label class="field">
        <Icon name="search" />
        <span class="only-readers">Find a collection</span>
        <input
          type="search"
          placeholder="Find by name or file"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <kbd class="only-wide">/</kbd>
      </label>
    </div>
  );
}

const matches = ({ collection, jobs }: Listed, text: string): boolean =>
  [collection.name, ...jobs.flatMap((job) => job.sources.map(({ name }) => name))].some((words) =>
    words.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()),
  );

function Rows({ rows, empty }: { rows: readonly Listed[]; empty: string }) {
  return (
    <>
      <div class="rows-head" aria-hidden="true">
        <span>Collection and what it was read from</span>
        <span>What it is doing</span>
        <span>Posts over time</span>
        <span class="row-right">Posts</span>
        <span class="row-right">People</span>
        <span class="row-right">Not read</span>
      </div>
      <ul>
        {rows.map((row) => (
          <CollectionRow key={row.collection.id} {...row} />
        ))}
      </ul>
      {rows.length === 0 && <p class="empty">{empty}</p>}
    </>
  );
}

export function CollectionsPage() {
  useTitle('Collections');
  const [tab, setTab] = useState<Tab>('all');
  const [text, setText] = useState('');
  const list = useResource<Page<Collection>>(`${rest.collections}?limit=1000`, {
    every: (page) => (page === undefined || page.items.some((one) => !one.settled) ? 1_000 : 4_000),
  });
  const jobs = useResource<Page<Job>>(`${rest.jobs}?limit=1000`, {
    every: (page) => (page?.items.some(isActive) ? 1_000 : 4_000),
  });
  const all = useMemo(
    () =>
      (list.data?.items ?? []).map((collection): Listed => {
        const own = (jobs.data?.items ?? []).filter((job) => job.collection === collection.id);
        return { collection, jobs: own, doing: doingOfCollection(collection, own) };
      }),
    [list.data, jobs.data],
  );
  if (list.data && all.length === 0) return <FirstStart />;
  const rows = all
    .filter((row) => tab === 'all' || (tab === 'working' ? isWorking(row) : needsAttention(row)))
    .filter((row) => matches(row, text));
  return (
    <>
      <div class="head grid">
        <div class="c8">
          <h1 tabIndex={-1}>Collections</h1>
          {list.data ? <Lede all={all} /> : <p class="lede ink3">–</p>}
        </div>
        <div class="c4 head-tools">
          <button
            type="button"
            class="button primary"
            onClick={() => (importAsked.value = { files: [], into: null })}
          >
            <Icon name="plus" />
            New collection
          </button>
        </div>
      </div>
      {list.problem && <ProblemNotice problem={list.problem} />}
      <Tools all={all} tab={tab} setTab={setTab} text={text} setText={setText} />
      <Rows rows={rows} empty={list.data ? 'No collection is like that.' : ''} />
    </>
  );
}
