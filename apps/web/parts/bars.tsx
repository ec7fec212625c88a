import { count } from '../format/numbers.js';

export interface Bar {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  /** The posts behind the number. */
  readonly href: string;
  /** Said on pointing, where the label is cut or the number needs a word. */
  readonly title?: string | undefined;
}

/** Bars from zero, each number a link over the whole row. On phones the first six. `wide`: names need more room than bars. */
export function Bars({ rows, wide = false }: { rows: readonly Bar[]; wide?: boolean }) {
  const top = Math.max(1, ...rows.map((row) => row.value));
  return (
    <ol class={wide ? 'bars wide' : 'bars'}>
      {rows.map((row) => (
        <li key={row.key} title={row.title ?? row.label}>
          <span class="bar-name">
            <bdi>{row.label}</bdi>
          </span>
          <span class="bar-track">
            <svg aria-hidden="true">
              <rect width={`${((100 * row.value) / top).toFixed(2)}%`} height="14" />
            </svg>
          </span>
          <span class="bar-number">
            <a href={row.href}>
              <span class="only-readers">{row.label}: </span>
              {count(row.value)}
            </a>
          </span>
        </li>
      ))}
    </ol>
  );
}
