import { type AuthorRow, type Collection, type Count, type CountedList } from '#libs/api';

import type { Client } from './api/client.js';
import { table } from './table.js';
import { moment, number, plain, plural, shorten } from './terminal.js';

const ROWS = 10;
const WIDTH = 44;

const lists: readonly (readonly [list: CountedList, title: string, mark: string])[] = [
  ['hashtags', 'Hashtags', '#'],
  ['mentions', 'Mentions', '@'],
  ['domains', 'Linked sites', ''],
  ['languages', 'Languages', ''],
];

/** Everything that one wants to know of a collection at first sight, as text. */
export async function summary(client: Client, collection: Collection): Promise<string> {
  const base = `/collections/${collection.id}`;
  const counted = await Promise.all(lists.map(([list]) => client.top<Count>(`${base}/${list}`, ROWS)));
  const authors = await client.top<AuthorRow>(`${base}/authors`, ROWS);
  const tables = lists.map(([list, title, mark], index) =>
    countTable(title, mark, counted[index] ?? [], collection.totals.distinct[list]),
  );
  return [
    '',
    plain(collection.name),
    '',
    totalsTable(collection),
    ...tables,
    authorTable(authors, collection.totals.authors),
    sentence(client.url, collection),
    '',
  ]
    .filter((part): part is string => part !== null)
    .join('\n');
}

function totalsTable({ totals }: Collection): string {
  const controls = Object.entries(totals.controls).map(([kind, count]): [string, number] => [
    `Messages: ${plain(kind)}`,
    count,
  ]);
  const rows: [string, number][] = [
    ['Posts', totals.posts],
    ['People', totals.authors],
    ['With photo or video', totals.withMedia],
    ['With a place', totals.located],
    ['  of them exact', totals.exactlyLocated],
    ['Duplicates set aside', totals.duplicates],
    ['Could not be read', totals.rejections],
    ...controls,
  ];
  const shown = rows.map(([label, count]) => [label, number(count)]);
  return `${table(
    [
      ['Totals', 'left'],
      ['', 'right'],
    ],
    shown,
  )}\n`;
}

function countTable(title: string, mark: string, counts: readonly Count[], different: number): string | null {
  if (counts.length === 0) return null;
  const rows = counts.map((row) => [shorten(`${mark}${row.display || '(none)'}`, WIDTH), number(row.count)]);
  return `${table(
    [
      [different > counts.length ? `${title}, the first of ${number(different)}` : title, 'left'],
      ['Count', 'right'],
    ],
    rows,
  )}\n`;
}

function authorTable(authors: readonly AuthorRow[], different: number): string | null {
  if (authors.length === 0) return null;
  const rows = authors.map(({ screenName, posts, followers, ratio }) => [
    shorten(`@${screenName}`, WIDTH),
    number(posts),
    followers === null ? '–' : number(followers),
    ratio === null ? '–' : ratio.toFixed(2),
  ]);
  return `${table(
    [
      [different > authors.length ? `People, the first of ${number(different)}` : 'People', 'left'],
      ['Posts', 'right'],
      ['Followers', 'right'],
      ['Ratio', 'right'],
    ],
    rows,
  )}\n`;
}

/** Posts, duplicates, what could not be read and where to see it, from when to when. */
export function sentence(url: string, { id, totals }: Collection): string {
  const { posts, duplicates, rejections, firstPostAt, lastPostAt } = totals;
  const unreadable =
    rejections === 0
      ? 'no unreadable lines'
      : `${plural(rejections, 'unreadable line')} (see: murmur rejections ${id})`;
  const span =
    firstPostAt === null ? '' : `, written from ${moment(firstPostAt)} to ${moment(lastPostAt)} UTC`;
  return `${plural(posts, 'post')}, ${plural(duplicates, 'duplicate')} and ${unreadable}${span}.\nAll of it: ${url}/collections/${id}`;
}
