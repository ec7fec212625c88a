import { useLocation } from 'preact-iso';

import { count } from '../format/numbers.js';

interface Props {
  /** What the next page is called; null at the end. */
  readonly next: string | null;
  /** Rank of the first row of this page, from 0. */
  readonly from: number;
  readonly shown: number;
  readonly total: number | null;
}

/** Pages by cursor: forward by the list's own cursor, back by the browser's history. */
export function Pager({ next, from, shown, total }: Props) {
  const { path, query, route } = useLocation();
  if (shown === 0) return null;
  const { cursor: _cursor, at: _at, ...rest } = query;
  const to = (params: Record<string, string>): string => {
    const text = new URLSearchParams({ ...rest, ...params }).toString();
    return text ? `${path}?${text}` : path;
  };
  return (
    <nav class="pager" aria-label="Pages">
      {from > 0 && (
        <a class="button" href={to({})}>
          First page
        </a>
      )}
      {next !== null && (
        <button
          type="button"
          class="button"
          onClick={() => {
            route(to({ cursor: next, at: String(from + shown) }));
            scrollTo(0, 0);
          }}
        >
          Next page
        </button>
      )}
      <span>
        {count(from + 1)} – {count(from + shown)}
        {total !== null ? ` of ${count(total)}` : next === null ? ', the end' : ''}
      </span>
    </nav>
  );
}
