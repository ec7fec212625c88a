import type { Collection } from '#libs/api';

import { rest } from '../data/links.js';
import { counted } from '../format/numbers.js';
import { Figure } from '../parts/figure.js';

interface Download {
  readonly title: string;
  readonly what: string;
  readonly rows?: number | undefined;
  /** Tables come exact, and in a form that spreadsheets open without running anything; texts only as they are. */
  readonly kind: 'table' | 'text';
}

function downloads({ totals }: Collection): Download[] {
  const { distinct } = totals;
  return [
    { title: 'Posts, one row each', what: 'posts.csv', rows: totals.posts, kind: 'table' },
    { title: 'Post ids', what: 'post-ids.txt', rows: totals.posts, kind: 'text' },
    { title: 'Hashtags', what: 'hashtags.csv', rows: distinct.hashtags, kind: 'table' },
    { title: 'Mentions', what: 'mentions.csv', rows: distinct.mentions, kind: 'table' },
    { title: 'Linked pages', what: 'urls.csv', rows: distinct.urls, kind: 'table' },
    { title: 'Linked sites', what: 'domains.csv', rows: distinct.domains, kind: 'table' },
    { title: 'Photos and videos', what: 'media.csv', rows: distinct.media, kind: 'table' },
    { title: 'Languages', what: 'languages.csv', rows: distinct.languages, kind: 'table' },
    { title: 'Written with', what: 'sources.csv', rows: distinct.sources, kind: 'table' },
    { title: 'People', what: 'authors.csv', rows: totals.authors, kind: 'table' },
    { title: 'Most reposted', what: 'reposts.csv', kind: 'table' },
    { title: 'Places', what: 'geo.csv', rows: totals.located, kind: 'table' },
    { title: 'Posts per hour', what: 'timeline.csv', kind: 'table' },
    { title: 'Who used which hashtag', what: 'edges/hashtags.csv', kind: 'table' },
    { title: 'Who named whom', what: 'edges/mentions.csv', kind: 'table' },
    { title: 'What could not be read', what: 'rejections.csv', rows: totals.rejections, kind: 'table' },
  ];
}

/** Each list as a file; the server names it after the collection. */
export function Files({ collection, span }: { collection: Collection; span: string }) {
  const hrefOf = (what: string, params: Record<string, string> = {}): string =>
    rest.of(collection.id, what, what === 'timeline.csv' ? { bucket: 'hour', ...params } : params);
  return (
    <Figure
      title="Take it with you"
      span={span}
      sub="As of now. The first form opens in a spreadsheet, and its cells run nothing; the exact one is for programs."
    >
      <ul class="files">
        {downloads(collection).map(({ title, what, rows, kind }) => (
          <li
            key={what}
            title={rows === undefined ? what : `${what}, ${counted(rows, kind === 'table' ? 'row' : 'line')}`}
          >
            <span>{title}</span>
            {kind === 'table' && (
              <a class="link" href={hrefOf(what, { profile: 'spreadsheet' })} download>
                spreadsheet<span class="only-readers">: {title}</span>
              </a>
            )}
            <a class="link" href={hrefOf(what)} download>
              {kind === 'table' ? 'exact' : 'text'}
              <span class="only-readers">: {title}</span>
            </a>
          </li>
        ))}
      </ul>
    </Figure>
  );
}
