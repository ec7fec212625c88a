import type { JSX } from 'preact';

const line = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const;

const shapes = {
  live: (
    <>
      <circle cx="8" cy="8" r="4" fill="currentColor" />
      <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.2" opacity=".45" />
    </>
  ),
  wait: (
    <path d="M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 4.4V8l2.4 1.6" {...line} stroke-width="1.6" />
  ),
  done: <path d="M3 8.6l3.2 3.2L13 4.8" {...line} stroke-width="1.9" />,
  stop: <path d="M4 4l8 8M12 4l-8 8" {...line} stroke-width="1.8" />,
  fail: (
    <>
      <path d="M8 2.2L14.6 13.6H1.4ZM8 6.4v3.4" {...line} stroke-width="1.6" />
      <circle cx="8" cy="11.7" r=".95" fill="currentColor" />
    </>
  ),
  file: <path d="M4 1.8h5.2L12.6 5v9.2H4zM8.2 7v4.4M6.3 9.6l1.9 1.9 1.9-1.9" {...line} stroke-width="1.5" />,
  search: (
    <path d="M11.6 7a4.6 4.6 0 11-9.2 0 4.6 4.6 0 019.2 0zM10.5 10.5L14 14" {...line} stroke-width="1.6" />
  ),
  plus: <path d="M8 3v10M3 8h10" {...line} stroke-width="1.8" />,
  down: <path d="M8 2.5v8M4.6 7.4L8 10.8l3.4-3.4M3 13.5h10" {...line} stroke-width="1.6" />,
  moon: <path d="M13.2 9.6A5.8 5.8 0 016.4 2.8 5.8 5.8 0 1013.2 9.6z" {...line} stroke-width="1.5" />,
  sun: (
    <path
      d="M11 8a3 3 0 11-6 0 3 3 0 016 0zM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1"
      {...line}
      stroke-width="1.5"
    />
  ),
  list: <path d="M2.5 4h11M2.5 8h11M2.5 12h7" {...line} stroke-width="1.6" />,
  gear: (
    <path
      d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6M12 4.5a1.8 1.8 0 11-3.6 0 1.8 1.8 0 013.6 0zM7.6 11.5a1.8 1.8 0 11-3.6 0 1.8 1.8 0 013.6 0z"
      {...line}
      stroke-width="1.5"
    />
  ),
  off: (
    <path
      d="M2 2l12 12M3.2 7.2a7 7 0 012.4-1.6M8 5a7 7 0 014.8 2.2M5.4 9.6a3.7 3.7 0 013.8-.8M8 12.6v.1"
      {...line}
      stroke-width="1.6"
    />
  ),
  info: (
    <>
      <path d="M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 7.4v3.6" {...line} stroke-width="1.5" />
      <circle cx="8" cy="5" r=".95" fill="currentColor" />
    </>
  ),
  right: <path d="M6 3.5L10.5 8 6 12.5" {...line} stroke-width="1.7" />,
  keys: (
    <path d="M2 4.2h12v7.6H2zM4.6 6.8h.1M7.2 6.8h.1M9.8 6.8h.1M4.8 9.4h6.4" {...line} stroke-width="1.5" />
  ),
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof shapes;

export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
    {shapes[name]}
  </svg>
);

const body =
  'M-9.2 3.2C-6.5-.4-3.6-5.4.6-7.8c.9-2.6 3.9-3.4 5.7-1.6L9.6-8.6 6.9-7.2C7.2-3.4 4.8-.7 1.6.2L-3.8 2-9.6 6.6-11 5.6Z';

/** A starling whose feet are at (x, y); negative scale looks the other way. */
export const Starling = ({ x, y, scale }: { x: number; y: number; scale: number }) => (
  <g transform={`translate(${x} ${y}) scale(${scale} ${Math.abs(scale)})`}>
    <path d={body} fill="var(--ink)" />
    <path d="M.4.2V3M2.2-.2V3" stroke="var(--ink)" stroke-width=".9" />
  </g>
);

export const Mark = ({ size = 28 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 26 26" aria-hidden="true">
    <Starling x={13.2} y={17.2} scale={1.16} />
  </svg>
);
