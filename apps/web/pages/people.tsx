import type { AuthorRow, Collection, Page, RepostRow } from '#libs/api';

import { pages } from '../data/links.js';
import { count, counted, ratio } from '../format/numbers.js';
import { when } from '../format/time.js';
import { Figure } from '../parts/figure.js';
import { PostText } from '../parts/post.js';
import { Table } from '../parts/table.js';
import { useList } from './use-collection.js';

const orDash = (n: number | null, format: (n: number) => string): string => (n === null ? '–' : format(n));

export function PeopleTable({ collection, rows }: { collection: string; rows: readonly AuthorRow[] }) {
  return (
    <Table
      caption="People"
      rows={rows}
      rowKey={(row) => `${row.platform} ${row.id ?? row.screenName}`}
      columns={[
        {
          name: 'Person',
          kind: 'key',
          cell: (row) => (
            <>
              {row.name && (
                <>
                  <bdi class="strong">{row.name}</bdi>{' '}
                </>
              )}
              <bdi class="ink2">@{row.screenName}</bdi>
            </>
          ),
        },
        {
          name: 'Posts',
          kind: 'number',
          cell: (row) => (
            <a
              class="drill"
              href={pages.posts(collection, {
                author: row.id ?? `@${row.screenName}`,
                platform: row.platform,
              })}
              aria-label={`${counted(row.posts, 'post')} of @${row.screenName}`}
            >
              {count(row.posts)}
            </a>
          ),
        },
        { name: 'Followers', kind: 'right', cell: (row) => orDash(row.followers, count) },
        { name: 'Following', kind: 'right', cell: (row) => orDash(row.following, count) },
        { name: 'Ratio', kind: 'right', cell: (row) => orDash(row.ratio, ratio) },
      ]}
    />
  );
}

export function PeopleFigure({ collection, span }: { collection: Collection; span: string }) {
  const { data } = useList<Page<AuthorRow>>(collection, 'authors', { limit: '14' });
  const n = collection.totals.authors;
  return (
    <Figure
      title="People"
      span={span}
      sub="Followers as of each person’s newest post; ratio: followers for each followed account"
      end={
        n > 0 && (
          <a class="link" href={pages.list(collection.id, 'authors')}>
            All {count(n)}
            <span class="only-readers"> of: People</span>
          </a>
        )
      }
    >
      {data && data.items.length === 0 ? (
        <p class="empty">No post tells its author yet.</p>
      ) : (
        <PeopleTable collection={collection.id} rows={data?.items ?? []} />
      )}
    </Figure>
  );
}

/** Originals with the highest repost count seen; the text is that of the original or of one of its reposts. */
export function RepostItems({
  collection,
  rows,
  top,
}: {
  collection: string;
  rows: readonly RepostRow[];
  top: number;
}) {
  return (
    <ol class="reposted-list">
      {rows.map((row) => (
        <li class="reposted" key={`${row.platform} ${row.postId}`}>
          <div class="reposted-count">
            <a
              class="drill"
              href={pages.posts(collection, { repostsOf: row.postId })}
              title="The original and its reposts in this collection"
            >
              {count(row.count)}
            </a>
            <svg width="64" height="5" aria-hidden="true">
              <rect
                width={Math.max(2, (64 * row.count) / Math.max(1, top))}
                height="5"
                rx="1"
                fill="var(--data)"
              />
            </svg>
          </div>
          <div class="post">
            <p class="post-by">
              <span class="handle">
                {row.post?.author ? <bdi>@{row.post.author}</bdi> : 'author not told'}
              </span>
              <span class="when">
                {row.post?.createdAt ? when(new Date(row.post.createdAt), new Date()) : ''}
              </span>
            </p>
            {row.post ? (
              <PostText collection={collection} text={row.post.text} lang={row.post.lang} />
            ) : (
              <p class="post-text ink3">
                Post <span class="mono">{row.postId}</span> is not in this collection; other posts tell its
                count.
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

export function RepostsFigure({ collection, span }: { collection: Collection; span: string }) {
  const { data } = useList<Page<RepostRow>>(collection, 'reposts', { limit: '7' });
  const rows = data?.items ?? [];
  return (
    <Figure
      title="Most reposted"
      span={span}
      sub="The highest repost count seen for each original"
      end={
        rows.length > 0 && (
          <a class="link" href={pages.list(collection.id, 'reposts')}>
            All<span class="only-readers"> reposted</span>
          </a>
        )
      }
    >
      {data && rows.length === 0 ? (
        <p class="empty">No repost is in here yet.</p>
      ) : (
        <RepostItems collection={collection.id} rows={rows} top={rows[0]?.count ?? 1} />
      )}
    </Figure>
  );
}
