import { useLocation } from 'preact-iso';
import { useRef, useState } from 'preact/hooks';

import type { Job, Problem } from '#libs/api';

import { useWidth } from '../charts/use-width.js';
import { explain, send } from '../data/client.js';
import { pages, rest } from '../data/links.js';
import { Command } from '../parts/command.js';
import { Figure } from '../parts/figure.js';
import { Icon, Starling } from '../parts/icon.js';
import { ProblemNotice } from '../parts/state.js';
import { ChooseFiles } from '../shell/import-dialog.js';
import { importAsked } from '../shell/import-state.js';

const seats = [
  { at: 0.067, scale: 1.7 },
  { at: 0.378, scale: 1.7 },
  { at: 0.396, scale: -1.55 },
  { at: 0.689, scale: -1.7 },
] as const;

/** Starlings on a wire: nobody flies, because no post has come in yet. */
function Wire() {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const small = width < 720;
  const height = small ? 92 : 168;
  const ends = small ? 70 : 146;
  const sag = 8;
  const y = (at: number): number => ends + 4 * sag * 0.75 * at * (1 - at) + 0.5;
  const seated = small
    ? [seats[0], seats[1], seats[2]].map((s, i) => ({ ...s, at: [0.15, 0.64, 0.71][i] ?? 0 }))
    : seats;
  return (
    <div class="sky-band" ref={box}>
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <defs>
            <linearGradient id="dusk" x1="0" y1="0" x2="0" y2="1">
              <stop offset="0" stop-color="var(--dusk-a)" />
              <stop offset=".55" stop-color="var(--dusk-b)" />
              <stop offset="1" stop-color="var(--dusk-c)" />
            </linearGradient>
          </defs>
          <rect width={width} height={height} fill="url(#dusk)" />
          <path
            class="wire"
            d={`M0 ${ends}C${width * 0.3} ${ends + sag} ${width * 0.7} ${ends + sag} ${width} ${ends}`}
          />
          {seated.map(({ at, scale }) => (
            <Starling key={at} x={at * width} y={y(at)} scale={small ? scale * 0.8 : scale} />
          ))}
        </svg>
      )}
    </div>
  );
}

function Demo() {
  const { route } = useLocation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = (): void => {
    setBusy(true);
    setProblem(null);
    send<Job>('POST', rest.jobs, { kind: 'demo' }).then(
      (job) => route(pages.collection(job.collection)),
      (error: unknown) => {
        setProblem(explain(error));
        setBusy(false);
      },
    );
  };
  return (
    <Figure
      title="Try it without a file"
      sub="A made-up storm out of a generator, on this machine alone."
      span="c4"
    >
      <ul class="ticks">
        {[
          'Posts in many languages and scripts, with tags, links, media and places',
          '6,000 of them: 1,500 at once, then 15 a second, so that you see it move',
          'Marked as simulated for ever; never mixed with real posts',
        ].map((text) => (
          <li key={text}>
            <Icon name="done" />
            {text}
          </li>
        ))}
      </ul>
      <p class="foot">
        <button type="button" class="button" onClick={start} disabled={busy}>
          {busy ? 'Starting …' : 'Start the simulation'}
        </button>
      </p>
      {problem && <ProblemNotice problem={problem} />}
      <p class="foot">Nothing leaves this machine. Delete it any time.</p>
    </Figure>
  );
}

export function FirstStart() {
  const origin = location.origin;
  return (
    <>
      <Wire />
      <div class="head grid">
        <div class="c9">
          <h1 tabIndex={-1}>Nothing collected yet</h1>
          <p class="lede">
            Every bird up there will be a post that has just been counted. Choose where the first ones come
            from.
          </p>
        </div>
      </div>
      <div class="grid">
        <Figure
          title="Import files"
          sub="Posts you already have, from any version of the platform."
          span="c4"
        >
          <ChooseFiles onChoose={(files) => (importAsked.value = { files, into: null })} />
          <p class="foot">
            Files are read as a stream, so their size does not matter. A line that cannot be read stops
            nothing: it is kept and shown to you.
          </p>
        </Figure>
        <Demo />
        <Figure title="From a terminal" sub="The same import, from this machine." span="c4">
          <Command text={`curl -F file=@tweets.jsonl ${origin}${rest.jobs}`} />
          <Command text="npx murmur import tweets.jsonl" />
          <p class="foot">
            The second within the folder of Murmuration; it ends with the summary. Everything else the API can
            do is at{' '}
            <a class="link" href={rest.docs}>
              /api/docs
            </a>
            .
          </p>
        </Figure>
      </div>
    </>
  );
}
