import type { Status } from '#libs/api';

import { rest } from '../data/links.js';
import { count, counted } from '../format/numbers.js';
import { Figure } from '../parts/figure.js';
import { status } from '../shell/status.js';
import { CheckFigure, RebuildFigure, useRebuilds } from './rebuilding.js';
import { useTitle } from './title.js';

function Lede({ now }: { now: Status }) {
  const behind = Math.max(0, now.records - now.counted);
  if (behind === 0) {
    return (
      <p class="lede">
        Everything is counted: <b>{counted(now.records, 'record')}</b> taken in, none waiting. The numbers are
        those of generation {count(now.generation)} of the tables.
      </p>
    );
  }
  return (
    <p class="lede">
      <b>{counted(behind, 'record')}</b> {behind === 1 ? 'is' : 'are'} taken in and not counted yet; that is
      normal while something is read, and the number falls by itself.
    </p>
  );
}

/** The way of a record, with what is at each place. Circles work, squares keep. */
function Flow({ now }: { now: Status }) {
  const places = [
    {
      name: 'Taken in',
      value: counted(now.records, 'record'),
      note: 'kept byte for byte in posts.raw',
      keeps: true,
    },
    {
      name: 'Counted',
      value: counted(now.counted, 'record'),
      note: `${count(Math.max(0, now.records - now.counted))} behind`,
      keeps: false,
    },
    {
      name: 'Posts',
      value: counted(now.posts, 'post'),
      note: `${count(now.postsLastMinute)} in the last minute`,
      keeps: true,
    },
    {
      name: 'Shown',
      value: counted(now.collections, 'collection'),
      note: `generation ${count(now.generation)} of the tables`,
      keeps: false,
    },
  ];
  return (
    <ol class="flow">
      {places.map(({ name, value, note, keeps }) => (
        <li key={name}>
          <svg aria-hidden="true">
            <line x1="7" x2="100%" y1="15" y2="15" stroke="var(--rule)" />
            {keeps ? (
              <rect x="1" y="8" width="14" height="14" fill="var(--data)" />
            ) : (
              <circle cx="8" cy="15" r="6.5" fill="var(--page)" stroke="var(--ink)" stroke-width="1.6" />
            )}
          </svg>
          <p class="strong">{name}</p>
          <p>{value}</p>
          <p class="ink3 note-text">{note}</p>
        </li>
      ))}
    </ol>
  );
}

export function SystemPage() {
  useTitle('System');
  const now = status.value;
  const rebuilds = useRebuilds();
  return (
    <>
      <div class="head grid">
        <div class="c9">
          <h1 tabIndex={-1}>System</h1>
          {now ? <Lede now={now} /> : <p class="lede ink3">–</p>}
        </div>
      </div>
      {now && <Flow now={now} />}
      <div class="grid">
        <RebuildFigure rebuilds={rebuilds} />
        <CheckFigure rebuilds={rebuilds} />
      </div>
      <Figure title="This server">
        <dl class="facts system-facts">
          <dt>Address</dt>
          <dd class="mono">{now?.url ?? '–'}</dd>
          <dt>Version</dt>
          <dd>{now?.version ?? '–'}</dd>
          <dt>For programs</dt>
          <dd>
            <a class="link" href={rest.docs}>
              API
            </a>{' '}
            ·{' '}
            <a class="link" href="/metrics">
              Metrics
            </a>{' '}
            ·{' '}
            <a class="link" href="/health/ready">
              Health
            </a>
          </dd>
        </dl>
      </Figure>
    </>
  );
}
