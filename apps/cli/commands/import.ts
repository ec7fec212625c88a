import { randomUUID } from 'node:crypto';

import type { Collection, Job } from '#libs/api';

import { chooseFiles } from '../api/files.js';
import { upload } from '../api/upload.js';
import { type Context, note, printJson, say } from '../context.js';
import { CommandError } from '../failure.js';
import { bytes, Progress } from '../progress.js';
import { summary } from '../summary.js';
import { plain, plural } from '../terminal.js';

export interface ImportOptions {
  readonly collection?: string;
  readonly name?: string;
}

/** Hands files over, waits until everything in them is counted, and shows what came of it. */
export async function importFiles(
  context: Context,
  paths: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const { files, leftOut } = await chooseFiles(paths);
  if (leftOut > 0) note(context, `${plural(leftOut, 'picture or video', 'pictures and videos')} left out.`);
  const submitted = await handOver(context, files, options);
  const job = await finished(context, submitted);
  if (job.state === 'failed') throw new CommandError(failedSentence(job));
  const collection = await settled(context, job);
  if (context.json) printJson(context, { job, collection });
  else say(context, await summary(context.client, collection));
  if (job.state === 'cancelled')
    throw new CommandError('The import was cancelled; what it had read by then is counted.');
}

async function handOver(
  context: Context,
  files: Awaited<ReturnType<typeof chooseFiles>>['files'],
  options: ImportOptions,
): Promise<Job> {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = new Progress(context.terminal, 'Uploading', bytes);
  try {
    return await upload<Job>(context.client, '/jobs', {
      files,
      fields: { ...options },
      idempotencyKey: randomUUID(),
      progress: (sent) => progress.update(sent, total),
    });
  } finally {
    progress.end();
  }
}

const over = new Set<Job['state']>(['completed', 'failed', 'cancelled']);

/** A job that waits is told of, and waited for: it goes on by itself or by another hand. */
async function finished(context: Context, submitted: Job): Promise<Job> {
  const progress = new Progress(context.terminal, 'Counting ');
  try {
    let job = submitted;
    while (!over.has(job.state)) {
      const { collect, count } = job.stages;
      const read = collect.total === null || collect.done >= collect.total;
      const reading = read ? '' : `${bytes(collect.done)} of ${bytes(collect.total ?? 0)} read`;
      const waiting = job.state === 'waiting' ? `waiting: ${job.reason ?? ''}` : reading;
      progress.update(count.done, read ? count.total : null, waiting);
      await context.pause();
      job = await context.client.get<Job>(`/jobs/${submitted.id}`);
    }
    return job;
  } finally {
    progress.end();
  }
}

/** Other jobs may feed the collection and go on for days: then its numbers are those of now. */
async function settled(context: Context, job: Job): Promise<Collection> {
  for (;;) {
    const collection = await context.client.get<Collection>(`/collections/${job.collection}`);
    const alone = collection.jobs.every((id) => id === job.id);
    if (collection.settled || !alone || job.state === 'cancelled') return collection;
    await context.pause();
  }
}

function failedSentence(job: Job): string {
  const errors = Object.values(job.stages).map(({ error }) => error);
  const why = job.reason ?? errors.find((error) => error !== null) ?? 'The server gives no reason.';
  return `The import failed. ${plain(why)}`;
}
