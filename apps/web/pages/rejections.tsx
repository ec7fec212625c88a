import { useLocation, useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { Collection, Job, Page, Problem, Rejection } from '#libs/api';

import { explain, send } from '../data/client.js';
import { pages, rest } from '../data/links.js';
import { bytes, count, counted } from '../format/numbers.js';
import { reasonWords } from '../format/reasons.js';
import { moment } from '../format/time.js';
import { Figure } from '../parts/figure.js';
import { Notice, ProblemNotice } from '../parts/state.js';
import { Crumbs } from './crumbs.js';
import { Missing } from './not-found.js';
import { Pager } from './pager.js';
import { useTitle } from './title.js';
import { useCollection, useList } from './use-collection.js';

interface Replaying {
  readonly replay: (what: { ids?: string[]; reason?: string }, n: number) => void;
  readonly busy: boolean;
}

function useReplay(id: string): Replaying & { problem: Problem | null; asked: number } {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  const replay: Replaying['replay'] = (what, n) => {
    setBusy(true);
    setProblem(null);
    send<Job>('POST', rest.replay(id), what).then(
      () => {
        setBusy(false);
        setAsked(n);
      },
      (error: unknown) => {
        setBusy(false);
        setProblem(explain(error));
      },
    );
  };
  return { replay, busy, problem, asked };
}

function Reasons({
  collection,
  current,
  replay,
  busy,
}: Replaying & { collection: Collection; current: string | undefined }) {
  const reasons = Object.entries(collection.totals.rejectionReasons ?? {}).toSorted(([, a], [, b]) => b - a);
  if (reasons.length === 0) return null;
  return (
    <Figure
      title="Why"
      sub="A replay reads the same bytes again: useful once the cause is mended. What can be read then is counted, once."
    >
      <ul>
        {reasons.map(([reason, n]) => (
          <li class="reason-row" key={reason}>
            <div class="job-head reason-head">
              <a
                class="drill strong"
                href={pages.rejections(collection.id, reason === current ? undefined : reason)}
                {...(reason === current ? { 'aria-current': 'true' } : {})}
              >
                {reasonWords(reason)}
              </a>
              <span class="mono ink3">{reason}</span>
              <p class="end">
                <b>{count(n)}</b>
                <button type="button" class="link" disabled={busy} onClick={() => replay({ reason }, n)}>
                  Replay {count(n)}
                  <span class="only-readers"> of: {reasonWords(reason)}</span>
                </button>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Figure>
  );
}

const placeOf = ({ line, offset }: Rejection): string => {
  const parts = [
    ...(line === null ? [] : [`line ${count(line)}`]),
    ...(offset === null ? [] : [`byte ${count(offset)}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : 'place not known';
};

const Item = ({ rejection, replay, busy }: Replaying & { rejection: Rejection }) => (
  <li class="rejection">
    <div class="rejection-head">
      <b>{reasonWords(rejection.reason)}</b>
      <span class="end">
        <button type="button" class="link" disabled={busy} onClick={() => replay({ ids: [rejection.id] }, 1)}>
          Replay<span class="only-readers"> record {rejection.id}</span>
        </button>
      </span>
    </div>
    <p class="note-text ink2">{rejection.detail}</p>
    <p class="post-meta">
      <span>
        <bdi class="mono">{rejection.file}</bdi>
      </span>
      <span>{placeOf(rejection)}</span>
      <span>{bytes(rejection.bytes)}</span>
      <span>{moment(new Date(rejection.receivedAt))}</span>
      <span class="mono" title="Partition and offset of the raw record in the log">
        {rejection.id}
      </span>
    </p>
    {rejection.excerpt !== '' && (
      <pre tabIndex={0} aria-label="How the record begins">
        {rejection.excerpt}
      </pre>
    )}
  </li>
);

function Head({ collection }: { collection: Collection }) {
  const n = collection.totals.rejections;
  return (
    <div class="head below-crumbs grid">
      <div class="c9">
        <h1 tabIndex={-1}>What could not be read</h1>
        <p class="lede">
          {n === 0 ? (
            'Everything that was handed over could be read.'
          ) : (
            <>
              <b>{counted(n, 'record')}</b> of this collection could not be read. Nothing is thrown away: the
              bytes are kept, and the rest went on.
            </>
          )}
        </p>
      </div>
    </div>
  );
}

const Asked = ({ n, id }: { n: number; id: string }) => (
  <Notice tone="info" title={`${counted(n, 'record')} ${n === 1 ? 'is' : 'are'} being replayed.`}>
    What can be read now joins the posts; the rest stays listed here.{' '}
    <a class="link" href={pages.collection(id)}>
      See the job
    </a>
  </Notice>
);

function Each({
  collection,
  reason,
  ...replaying
}: Replaying & { collection: Collection; reason: string | undefined }) {
  const { query } = useLocation();
  const { cursor, at } = query;
  const { totals, id } = collection;
  const params = { limit: '50', ...(reason ? { reason } : {}), ...(cursor ? { cursor } : {}) };
  const { data, problem } = useList<Page<Rejection>>(collection, 'rejections', params);
  const total = reason ? (totals.rejectionReasons?.[reason] ?? null) : totals.rejections;
  return (
    <Figure
      title={reason ? reasonWords(reason) : 'Each record'}
      end={
        <a class="link" href={rest.of(id, 'rejections.csv', { profile: 'spreadsheet' })} download>
          Spreadsheet
        </a>
      }
    >
      {problem && <ProblemNotice problem={problem} />}
      <ol>
        {data?.items.map((rejection) => (
          <Item key={rejection.id} rejection={rejection} {...replaying} />
        ))}
      </ol>
      {data && <Pager next={data.next} from={Number(at ?? 0)} shown={data.items.length} total={total} />}
    </Figure>
  );
}

function Shown({ collection }: { collection: Collection }) {
  const { reason } = useLocation().query;
  const { problem, asked, ...replaying } = useReplay(collection.id);
  return (
    <>
      <Head collection={collection} />
      {asked > 0 && <Asked n={asked} id={collection.id} />}
      {problem && <ProblemNotice problem={problem} />}
      <Reasons collection={collection} current={reason} {...replaying} />
      {collection.totals.rejections > 0 && <Each collection={collection} reason={reason} {...replaying} />}
    </>
  );
}

function Loaded({ id }: { id: string }) {
  const { data, problem } = useCollection(id);
  useTitle(`Not read${data ? `, ${data.name}` : ''}`);
  if (problem && !data) return <Missing problem={problem} />;
  return (
    <>
      <Crumbs
        trail={[
          { href: pages.collections, name: 'Collections' },
          { href: pages.collection(id), name: data?.name ?? '–' },
        ]}
        here="What could not be read"
      />
      {data && <Shown collection={data} />}
    </>
  );
}

export function RejectionsPage() {
  const { id = '' } = useRoute().params;
  return <Loaded key={id} id={id} />;
}
