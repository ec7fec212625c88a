import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

interface Props {
  readonly title: string;
  readonly sub?: ComponentChildren;
  /** What stands at the right of the title: "All 9,214", a choice. */
  readonly end?: ComponentChildren;
  readonly span?: string;
  /** The same figure as rows; with it the figure gets its "as table" switch. */
  readonly table?: () => ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A figure: a rule on top, a title, white space. No box. */
export function Figure({ title, sub, end, span = '', table, children }: Props) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section class={`figure ${span}`} aria-labelledby={id}>
      <header class="figure-head">
        <h2 id={id}>{title}</h2>
        <div class="end">
          {end}
          {table && (
            <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {asTable ? 'as figure' : 'as table'}
              <span class="only-readers">: {title}</span>
            </button>
          )}
        </div>
      </header>
      {sub !== undefined && <p class="sub">{sub}</p>}
      {table && asTable ? table() : children}
    </section>
  );
}
