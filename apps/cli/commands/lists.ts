import type { Collection, Job, Page, Rejection, Status } from '#libs/api';

import { type Context, note, printJson, say } from '../context.js';
import { table } from '../table.js';
import { moment, number, plain, plural, shorten } from '../terminal.js';

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export async function showCollections(context: Context): Promise<void> {
  const collections = await listed(context.client.all<Collection>('/collections'));
  if (context.json) {
    printJson(context, collections);
    return;
  }
  if (collections.length === 0) {
    note(context, 'There is no collection yet. Make one: murmur import FILE…');
    return;
  }
  const rows = collections.map(({ id, name, origin, settled, totals }) => [
    id,
    shorten(name, 40),
    number(totals.posts),
    number(totals.duplicates),
    number(totals.rejections),
    moment(totals.lastPostAt),
    [settled ? 'settled' : 'counting', origin === 'simulated' ? 'simulated' : ''].filter(Boolean).join(', '),
  ]);
  say(
    context,
    table(
      [
        ['Collection', 'left'],
        ['Name', 'left'],
        ['Posts', 'right'],
        ['Duplicates', 'right'],
        ['Unreadable', 'right'],
        ['Last post (UTC)', 'left'],
        ['State', 'left'],
      ],
      rows,
    ),
  );
}

export async function showJobs(context: Context): Promise<void> {
  const jobs = await listed(context.client.all<Job>('/jobs'));
  if (context.json) {
    printJson(context, jobs);
    return;
  }
  if (jobs.length === 0) {
    note(context, 'There is no job yet. Start one: murmur import FILE…');
    return;
  }
  const rows = jobs.map(({ id, kind, state, reason, collection, stages, submittedAt }) => [
    id,
    kind,
    state,
    number(stages.count.done),
    collection,
    moment(submittedAt),
    shorten(reason ?? '', 60),
  ]);
  say(
    context,
    table(
      [
        ['Job', 'left'],
        ['Kind', 'left'],
        ['State', 'left'],
        ['Counted', 'right'],
        ['Collection', 'left'],
        ['Submitted (UTC)', 'left'],
        ['', 'left'],
      ],
      rows,
    ),
  );
}

export async function cancelJob(context: Context, id: string): Promise<void> {
  const job = await context.client.post<Job>(`/jobs/${encodeURIComponent(id)}/cancel`);
  if (context.json) printJson(context, job);
  else say(context, `Job ${job.id} is being cancelled. What it has read stays counted.`);
}

/** Streamed: there may be many. */
export async function showRejections(context: Context, collection: string): Promise<void> {
  const path = `/collections/${encodeURIComponent(collection)}/rejections`;
  if (context.json) {
    for await (const rejection of context.client.all<Rejection>(path))
      say(context, JSON.stringify(rejection));
    return;
  }
  let count = 0;
  for await (const rejection of context.client.all<Rejection>(path)) {
    count += 1;
    say(context, `${placeOf(rejection)}: ${plain(rejection.detail)} (${rejection.reason})`);
    say(context, `    ${shorten(rejection.excerpt, 100)}`);
  }
  note(
    context,
    count === 0 ? 'Everything could be read.' : `${plural(count, 'unreadable line')}; they are kept.`,
  );
}

function placeOf({ file, line, offset }: Rejection): string {
  const place = line === null ? (offset === null ? '' : `, byte ${number(offset)}`) : `:${line}`;
  return `${plain(file)}${place}`;
}

export async function showStatus(context: Context): Promise<void> {
  const status = await context.client.get<Status>('/status');
  if (context.json) {
    printJson(context, status);
    return;
  }
  const { items } = await context.client.get<Page<Job>>('/jobs?limit=1000');
  const active = items.filter(({ state }) => ['queued', 'running', 'waiting'].includes(state)).length;
  const behind = Math.max(0, status.records - status.counted);
  say(
    context,
    [
      `Murmuration ${status.version} at ${status.url}`,
      `${plural(status.posts, 'post')} in ${plural(status.collections, 'collection')}, ${number(status.postsLastMinute)} counted in the last minute.`,
      `${plural(active, 'job')} under way; ${behind === 0 ? 'everything taken in is counted' : `${plural(behind, 'record')} still to count`}.`,
    ].join('\n'),
  );
}
