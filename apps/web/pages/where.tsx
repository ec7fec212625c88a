import { useEffect, useMemo, useState } from 'preact/hooks';

import type { Collection, GeoRow, Page, Problem } from '#libs/api';

import { gather } from '../charts/places.js';
import { WorldMap } from '../charts/world-map.js';
import { call, explain } from '../data/client.js';
import { pages, rest } from '../data/links.js';
import { count, counted, percent } from '../format/numbers.js';
import { Figure } from '../parts/figure.js';
import { ProblemNotice } from '../parts/state.js';
import { Table } from '../parts/table.js';

const PAGE = 1_000;
const MOST = 20_000;
const GAP = 8_000;

/** All located posts (the first 20,000), read page by page; again when their number has changed, every 8 s at most. */
function useGeo(
  id: string,
  located: number,
): { rows: readonly GeoRow[] | undefined; problem: Problem | null } {
  const [rows, setRows] = useState<readonly GeoRow[] | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [readAt, setReadAt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    async function read(): Promise<void> {
      const all: GeoRow[] = [];
      let cursor: string | undefined;
      do {
        // oxlint-disable-next-line no-await-in-loop -- each page names the next one
        const page: Page<GeoRow> = await call(rest.of(id, 'geo', { limit: String(PAGE), cursor }), {
          signal: abort.signal,
        });
        all.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && all.length < MOST);
      setRows(all);
      setProblem(null);
      setReadAt(Date.now());
    }
    const timer = setTimeout(
      () =>
        void read().catch((error: unknown) =>
          abort.signal.aborted ? undefined : setProblem(explain(error)),
        ),
      Math.max(0, readAt + GAP - Date.now()),
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, located]);
  return { rows, problem };
}

const Legend = ({ collection }: { collection: Collection }) => {
  const { exactlyLocated, located } = collection.totals;
  return (
    <ul class="legend map">
      <li>
        <svg width="12" height="12" aria-hidden="true">
          <circle class="exact" cx="6" cy="6" r="5" />
        </svg>
        <a class="drill" href={pages.posts(collection.id, { located: 'exact' })}>
          an exact point, {count(exactlyLocated)}
        </a>
      </li>
      <li>
        <svg width="12" height="12" aria-hidden="true">
          <circle class="centre" cx="6" cy="6" r="5" />
        </svg>
        the centre of a named place, {count(located - exactlyLocated)}
      </li>
    </ul>
  );
};

export function Where({ collection, span }: { collection: Collection; span: string }) {
  const { located, posts } = collection.totals;
  const { rows, problem } = useGeo(collection.id, located);
  const places = useMemo(() => gather(rows ?? []), [rows]);
  const cut = rows !== undefined && rows.length >= MOST && located > rows.length;
  return (
    <Figure
      title="Where posts come from"
      span={span}
      sub={
        located > 0
          ? `${percent(located, posts)} of the posts say where they were written. Area is the number of posts.${cut ? ` Drawn: the first ${count(MOST)}.` : ''}`
          : 'Coordinates, or the centre of the place a post names'
      }
      end={
        located > 0 && (
          <a class="link" href={pages.posts(collection.id, { located: 'any' })}>
            {counted(located, 'post')}
          </a>
        )
      }
      {...(located > 0
        ? {
            table: () => (
              <Table
                caption="Places by posts"
                rows={places.slice(0, 200)}
                rowKey={(place) => `${place.lon} ${place.lat} ${place.exact}`}
                columns={[
                  { name: 'Latitude', kind: 'right', cell: (place) => place.lat.toFixed(3) },
                  { name: 'Longitude', kind: 'right', cell: (place) => place.lon.toFixed(3) },
                  {
                    name: 'What it is',
                    cell: (place) => (place.exact ? 'an exact point' : 'the centre of a place'),
                  },
                  { name: 'Posts', kind: 'number', cell: (place) => count(place.posts) },
                ]}
              />
            ),
          }
        : {})}
    >
      {problem && <ProblemNotice problem={problem} />}
      <WorldMap places={places} label={`World map of ${counted(located, 'located post')}`} />
      {located > 0 ? (
        <Legend collection={collection} />
      ) : (
        <p class="empty">No located post yet. About 1 in 20 says where it was written.</p>
      )}
    </Figure>
  );
}
