import { useRoute } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Collection, Page, PostRow } from '#libs/api';

import { pages } from '../data/links.js';
import { count, counted } from '../format/numbers.js';
import { Figure } from '../parts/figure.js';
import { Icon } from '../parts/icon.js';
import { PostItem } from '../parts/post.js';
import { Notice, ProblemNotice } from '../parts/state.js';
import { importAsked } from '../shell/import-state.js';
import { CountedFigure } from './counted-list.js';
import { Crumbs } from './crumbs.js';
import { Files } from './files.js';
import { Jobs } from './jobs.js';
import { Delete, Rename } from './manage.js';
import { Missing } from './not-found.js';
import { OverTime } from './over-time.js';
import { PeopleFigure, RepostsFigure } from './people.js';
import { Account, Lede, Stats } from './summary.js';
import { useTitle } from './title.js';
import { useCollection, useJobs, useList } from './use-collection.js';
import { Where } from './where.js';

/** The newest posts. While they are pointed at or focused they stand still, so that nobody opens the wrong one. */
function Latest({ collection }: { collection: Collection }) {
  const { data } = useList<Page<PostRow>>(collection, 'posts', { limit: '9' });
  const [held, setHeld] = useState(false);
  const shown = useRef(data);
  if (!held || shown.current === undefined) shown.current = data;
  const rows = shown.current?.items ?? [];
  return (
    <Figure
      title="Latest posts"
      span="c8"
      sub={
        held && data !== shown.current
          ? 'New ones wait while you are at the list.'
          : 'By the posts’ own time, newest first'
      }
      end={
        <a class="link" href={pages.posts(collection.id)}>
          All {count(collection.totals.posts)}, with search
        </a>
      }
    >
      <ol
        onMouseEnter={() => setHeld(true)}
        onMouseLeave={() => setHeld(false)}
        onFocusIn={() => setHeld(true)}
        onFocusOut={() => setHeld(false)}
      >
        {rows.map((post) => (
          <PostItem key={post.ref} collection={collection.id} post={post} />
        ))}
      </ol>
      {data && rows.length === 0 && <p class="empty">No post is counted yet.</p>}
    </Figure>
  );
}

/** For readers: the numbers, said at most once in ten seconds. */
function Spoken({ collection }: { collection: Collection }) {
  const words = `${counted(collection.totals.posts, 'post')} counted${collection.settled ? '' : ' so far'}`;
  const newest = useRef(words);
  newest.current = words;
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setSaid(newest.current), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="only-readers" role="status" aria-live="polite">
      {said}
    </p>
  );
}

function Tools({ collection, onChange }: { collection: Collection; onChange: () => void }) {
  const [asking, setAsking] = useState<'rename' | 'delete' | null>(null);
  const close = (): void => {
    setAsking(null);
    onChange();
  };
  const into = { id: collection.id, name: collection.name };
  return (
    <div class="head-tools">
      <button type="button" class="button" onClick={() => setAsking('rename')}>
        Rename
      </button>
      <button type="button" class="button danger" onClick={() => setAsking('delete')}>
        Delete
      </button>
      <button type="button" class="button primary" onClick={() => (importAsked.value = { files: [], into })}>
        <Icon name="plus" />
        Add files
      </button>
      {asking === 'rename' && <Rename collection={collection} onClose={close} />}
      {asking === 'delete' && <Delete collection={collection} onClose={close} />}
    </div>
  );
}

const Lists = ({ collection }: { collection: Collection }) => (
  <>
    <div class="grid">
      <CountedFigure collection={collection} list="hashtags" span="c4" />
      <CountedFigure collection={collection} list="mentions" span="c4" />
      <CountedFigure collection={collection} list="domains" span="c4" />
    </div>
    <div class="grid">
      <Where collection={collection} span="c8" />
      <div class="c4">
        <CountedFigure collection={collection} list="languages" span="" />
        <CountedFigure collection={collection} list="sources" span="" rows={5} />
      </div>
    </div>
    <div class="grid">
      <RepostsFigure collection={collection} span="c6" />
      <PeopleFigure collection={collection} span="c6" />
    </div>
    <div class="grid">
      <CountedFigure collection={collection} list="urls" span="c6" />
      <CountedFigure collection={collection} list="media" span="c6" />
    </div>
  </>
);

function Shown({ collection, refresh }: { collection: Collection; refresh: () => void }) {
  const jobs = useJobs(collection.id);
  const changed = (): void => {
    refresh();
    jobs.refresh();
  };
  return (
    <>
      <Crumbs
        trail={[{ href: pages.collections, name: 'Collections' }]}
        here={<bdi>{collection.name}</bdi>}
      />
      <div class="head below-crumbs grid">
        <div class="c8">
          <h1 tabIndex={-1}>
            <bdi>{collection.name}</bdi>
          </h1>
          <Lede collection={collection} />
          {collection.origin === 'simulated' && (
            <p class="row-tags simulated">
              <span class="origin">Simulated</span> made up by a generator, and marked so in every file
            </p>
          )}
        </div>
        <div class="c4">
          <Tools collection={collection} onChange={changed} />
          <div class="jobs">{jobs.data && <Jobs jobs={jobs.data.items} onChange={changed} />}</div>
        </div>
      </div>
      <Spoken collection={collection} />
      <Stats collection={collection} />
      <div class="grid">
        <OverTime collection={collection} />
        <Account collection={collection} />
      </div>
      <Lists collection={collection} />
      <div class="grid">
        <Latest collection={collection} />
        <Files collection={collection} span="c4" />
      </div>
    </>
  );
}

function Loaded({ id }: { id: string }) {
  const { data, problem, refresh } = useCollection(id);
  useTitle(data?.name ?? '');
  if (problem && (problem.status === 404 || problem.status === 410)) return <Missing problem={problem} />;
  if (!data) {
    return (
      <>
        <Crumbs trail={[{ href: pages.collections, name: 'Collections' }]} here="–" />
        <div class="head below-crumbs">
          <h1 tabIndex={-1} class="ink3">
            –
          </h1>
        </div>
        {problem && <ProblemNotice problem={problem} />}
      </>
    );
  }
  return (
    <>
      {problem && (
        <Notice tone="fail" title={`${problem.title}.`}>
          {problem.detail}
        </Notice>
      )}
      <Shown collection={data} refresh={refresh} />
    </>
  );
}

export function CollectionPage() {
  const { id = '' } = useRoute().params;
  return <Loaded key={id} id={id} />;
}
