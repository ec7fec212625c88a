import { useRef, useState } from 'preact/hooks';

import { count } from '../format/numbers.js';
import { clock, day, dayOfYear, weekday } from '../format/time.js';
import { type Bin, niceTicks, timeMarks } from './bins.js';
import { useWidth } from './use-width.js';

const TOP = 30;
const PLOT = 224;
const BASE = TOP + PLOT;
const DAY = 86_400_000;

/** `Thu 19 Nov, 21–22 h`: a bar's own time in words. */
export function binName({ from, to }: Pick<Bin, 'from' | 'to'>): string {
  const start = new Date(from);
  const end = new Date(to);
  if (to - from > DAY) return `${day(start)} – ${dayOfYear(new Date(to - 1))}`;
  if (to - from === DAY) return `${weekday(start)} ${start.getUTCFullYear()}`;
  const ends = clock(end) === '00:00' ? '24:00' : clock(end);
  return `${weekday(start)}, ${clock(start)} – ${ends}`;
}

interface Props {
  readonly bins: readonly Bin[];
  readonly label: string;
  readonly hrefOf: (bin: Bin) => string;
  /** Epoch ms: a bin that is not over yet is drawn paler. */
  readonly now: number;
}

function Axes({
  width,
  gutter,
  ticks,
  top,
}: {
  width: number;
  gutter: number;
  ticks: readonly number[];
  top: number;
}) {
  return (
    <>
      {ticks.map((tick, i) => {
        const y = BASE - (tick / top) * PLOT + 0.5;
        const last = i === ticks.length - 1;
        return (
          <g key={tick}>
            <line
              class={tick === 0 ? 'base-line' : 'grid-line'}
              x1={tick === 0 ? 0 : gutter}
              x2={width}
              y1={y}
              y2={y}
            />
            <text x="0" y={tick === 0 ? y - 6 : y + 4}>
              {count(tick)}
              {last && tick > 0 ? ' posts' : ''}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Callout({ bin, x, y, width }: { bin: Bin; x: number; y: number; width: number }) {
  const left = x > width * 0.55;
  const phrase = `${binName(bin)}, the busiest`;
  return (
    <g aria-hidden="true">
      <path class="callout" d={`M${x} ${y - 3}V${y - 11}H${left ? x - 8 : x + 8}`} />
      <text class="callout-text" x={left ? x - 12 : x + 12} y={y - 7} text-anchor={left ? 'end' : 'start'}>
        <tspan class="strong">
          {count(bin.posts)} {bin.posts === 1 ? 'post' : 'posts'}
        </tspan>
        {width > 420 && <tspan> {phrase}</tspan>}
      </text>
    </g>
  );
}

const TimeAxis = ({
  from,
  to,
  width,
  gutter,
}: {
  from: number;
  to: number;
  width: number;
  gutter: number;
}) => (
  <g aria-hidden="true">
    {timeMarks(from, to, Math.max(2, Math.floor((width - gutter) / 84))).map((mark, i, all) => {
      const x = gutter + ((mark.at - from) / (to - from)) * (width - gutter);
      const cut = i === all.length - 1 && width - x < 44;
      return (
        <g key={mark.at}>
          <line class="day-line" x1={x + 0.5} x2={x + 0.5} y1={BASE} y2={BASE + 22} />
          {!cut && (
            <text x={x + 6} y={BASE + 20}>
              {mark.text}
            </text>
          )}
        </g>
      );
    })}
  </g>
);

interface BarsProps extends Pick<Props, 'bins' | 'hrefOf' | 'now'> {
  readonly gutter: number;
  readonly each: number;
  readonly top: number;
  /** The bar that is in the tab order. */
  readonly stop: number;
  readonly onReach: (index: number) => void;
}

const posts = (n: number): string => `${count(n)} ${n === 1 ? 'post' : 'posts'}`;

function gapOf(each: number): number {
  if (each > 5) return 1;
  return each > 3 ? 0.6 : 0.25;
}

function BinBars({ bins, hrefOf, now, gutter, each, top, stop, onReach }: BarsProps) {
  const gap = gapOf(each);
  return (
    <>
      {bins.map((bin, i) => {
        const x = gutter + i * each;
        const height = Math.max(bin.posts > 0 ? 1 : 0, (bin.posts / top) * PLOT);
        return (
          <a
            key={bin.from}
            href={hrefOf(bin)}
            tabIndex={i === stop ? 0 : -1}
            aria-label={`${binName(bin)}: ${posts(bin.posts)}`}
            onFocus={() => onReach(i)}
            onMouseEnter={() => onReach(i)}
          >
            <rect class="bin-hit" x={x} y={TOP} width={each} height={PLOT} />
            <rect
              class={bin.to > now ? 'bin open' : 'bin'}
              x={x + gap / 2}
              y={BASE - height}
              width={Math.max(0.5, each - gap)}
              height={height}
            />
          </a>
        );
      })}
    </>
  );
}

function Readout({ bin, any }: { bin: Bin | undefined; any: boolean }) {
  if (!bin)
    return <p class="chart-readout">{any ? 'Point at a bar to read it; open it for its posts.' : ''}</p>;
  return (
    <p class="chart-readout" aria-hidden="true">
      <span class="strong">{posts(bin.posts)}</span> {binName(bin)}
    </p>
  );
}

/** Where an arrow key leads from a bar; undefined for other keys. */
function targetOf(key: string, at: number, bars: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: bars - 1,
  };
  return moves[key];
}

/** Posts over time. Every bar is a link to its posts; arrows walk the bars, one of them is in the tab order. */
export function TimeChart({ bins, label, hrefOf, now }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState<number | null>(null);
  const max = Math.max(0, ...bins.map((bin) => bin.posts));
  const top = Math.max(max, 1);
  const gutter = width < 480 ? 56 : 76;
  const each = (width - gutter) / Math.max(1, bins.length);
  const peak = bins.findIndex((bin) => bin.posts === max);
  const stop = Math.min(at ?? bins.length - 1, bins.length - 1);
  const [first, busiest, last] = [bins[0], bins[peak], bins[bins.length - 1]];

  const walk = (event: KeyboardEvent): void => {
    const to = targetOf(event.key, stop, bins.length);
    if (to === undefined || bins[to] === undefined) return;
    event.preventDefault();
    box.current?.querySelectorAll<SVGAElement>('a')[to]?.focus();
  };

  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg
          width={width}
          height={BASE + 26}
          role="group"
          aria-label={label}
          onKeyDown={walk}
          onMouseLeave={() => setAt(null)}
        >
          <Axes width={width} gutter={gutter} ticks={niceTicks(max)} top={top} />
          <BinBars {...{ bins, hrefOf, now, gutter, each, top, stop }} onReach={setAt} />
          {busiest && max > 0 && (
            <Callout bin={busiest} x={gutter + (peak + 0.5) * each} y={BASE - PLOT} width={width} />
          )}
          {first && last && <TimeAxis from={first.from} to={last.to} width={width} gutter={gutter} />}
        </svg>
      )}
      <Readout bin={at === null ? undefined : bins[at]} any={bins.length > 0} />
    </div>
  );
}
