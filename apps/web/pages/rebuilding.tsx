import { useState } from 'preact/hooks';

import type { Page, Problem, Rebuild } from '#libs/api';

import { explain, send } from '../data/client.js';
import { rest } from '../data/links.js';
import { type Resource, useResource } from '../data/resource.js';
import { capital, count, counted } from '../format/numbers.js';
import { moment } from '../format/time.js';
import { Figure } from '../parts/figure.js';
import { Icon } from '../parts/icon.js';
import { ProblemNotice, Progress } from '../parts/state.js';
import { Table } from '../parts/table.js';
import { isEnded, outcomeOf, stepsOf } from './rebuild-words.js';

export const useRebuilds = (): Resource<Page<Rebuild>> =>
  useResource<Page<Rebuild>>(`${rest.rebuilds}?limit=20`, {
    every: (page) => (page?.items.some((one) => !isEnded(one)) ? 1_000 : 10_000),
  });

function useAsk(refresh: () => void): {
  ask: (path: string, body: unknown) => void;
  problem: Problem | null;
} {
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = (path: string, body: unknown): void => {
    setProblem(null);
    send<Rebuild>('POST', path, body).then(refresh, (error: unknown) => setProblem(explain(error)));
  };
  return { ask, problem };
}

function Going({ rebuild }: { rebuild: Rebuild }) {
  const { done, total } = rebuild.progress;
  return (
    <>
      <ol class="stages">
        {stepsOf(rebuild).map((step) => (
          <li key={step.name} {...(step.current ? { 'aria-current': 'step' } : {})}>
            <Progress done={step.done} total={step.total} label={step.name} />
            {step.name}
          </li>
        ))}
      </ol>
      <p class="sub">
        {rebuild.state === 'queued' ? (
          'Queued; it starts as soon as the one before it is done.'
        ) : (
          <>
            <b>{count(done)}</b>
            {total === null ? ' outcomes' : ` of ${counted(total, 'outcome')}`} replayed from the{' '}
            {rebuild.from} events. Readers keep seeing the live tables meanwhile.
          </>
        )}
      </p>
    </>
  );
}

const Differences = ({ rebuild }: { rebuild: Rebuild }) => (
  <>
    <Table
      caption="Rows that differ"
      rows={rebuild.differences}
      rowKey={({ table, key }) => `${table} ${key}`}
      columns={[
        { name: 'Table', cell: ({ table }) => <span class="mono">{table}</span> },
        { name: 'Key', kind: 'key', cell: ({ key }) => <bdi class="mono">{key}</bdi> },
        { name: 'Live', kind: 'key', cell: ({ live }) => live ?? <span class="ink3">no row</span> },
        {
          name: 'From the events',
          kind: 'key',
          cell: ({ replayed }) => replayed ?? <span class="ink3">no row</span>,
        },
      ]}
    />
    {rebuild.compared !== null && rebuild.compared.differing > rebuild.differences.length && (
      <p class="foot">
        The first {count(rebuild.differences.length)} of {count(rebuild.compared.differing)}.
      </p>
    )}
  </>
);

function Ended({ rebuild }: { rebuild: Rebuild }) {
  const { title, say, good } = outcomeOf(rebuild);
  const [open, setOpen] = useState(false);
  return (
    <div class={good ? 'outcome' : 'outcome bad'}>
      <Icon name={good ? 'done' : 'fail'} />
      <div>
        <p>
          <b>{title}</b> {say}
        </p>
        <p class="ink3">
          {capital(rebuild.kind)} from the {rebuild.from} events, {moment(new Date(rebuild.changedAt))}
        </p>
        {rebuild.differences.length > 0 && (
          <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide the rows' : 'Show each row'}
          </button>
        )}
        {open && <Differences rebuild={rebuild} />}
      </div>
    </div>
  );
}

const List = ({ rebuilds, none }: { rebuilds: readonly Rebuild[]; none: string }) => (
  <ul>
    {rebuilds.slice(0, 4).map((rebuild) => (
      <li key={rebuild.id} class="reason-row">
        {isEnded(rebuild) ? <Ended rebuild={rebuild} /> : <Going rebuild={rebuild} />}
      </li>
    ))}
    {rebuilds.length === 0 && <li class="empty">{none}</li>}
  </ul>
);

/** Every summary counted anew from the events, beside the live one. */
export function RebuildFigure({ rebuilds }: { rebuilds: Resource<Page<Rebuild>> }) {
  const { ask, problem } = useAsk(rebuilds.refresh);
  const own = rebuilds.data?.items.filter(({ kind }) => kind === 'rebuild') ?? [];
  const busy = own.some((one) => !isEnded(one));
  return (
    <Figure
      title="Rebuild"
      span="c7"
      sub="Every summary is counted anew from the events, beside the live one, compared with it, and switched. Collecting and reading go on."
    >
      <div class="buttons figure-buttons">
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => ask(rest.rebuilds, { from: 'enriched' })}
        >
          Rebuild from understood posts
        </button>
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => ask(rest.rebuilds, { from: 'raw' })}
        >
          Rebuild from raw records
        </button>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {rebuilds.problem && <ProblemNotice problem={rebuilds.problem} />}
      <List
        rebuilds={own}
        none={
          rebuilds.data
            ? 'Nothing was rebuilt yet. It is safe to try: readers see the live tables until the switch.'
            : ''
        }
      />
    </Figure>
  );
}

export function CheckFigure({ rebuilds }: { rebuilds: Resource<Page<Rebuild>> }) {
  const { ask, problem } = useAsk(rebuilds.refresh);
  const own = rebuilds.data?.items.filter(({ kind }) => kind === 'verification') ?? [];
  return (
    <Figure title="Check" span="c5" sub="Are the live numbers what the events say? Nothing is changed.">
      <div class="buttons figure-buttons">
        <button
          type="button"
          class="button primary"
          disabled={own.some((one) => !isEnded(one))}
          onClick={() => ask(rest.verifications, {})}
        >
          Check now
        </button>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <List rebuilds={own} none={rebuilds.data ? 'Not checked yet.' : ''} />
    </Figure>
  );
}
