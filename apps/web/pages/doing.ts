import type { Collection, Job } from '#libs/api';

import { count, counted, percent } from '../format/numbers.js';
import { longDay } from '../format/time.js';
import type { IconName } from '../parts/icon.js';
import type { Tone } from '../parts/state.js';

/** What a job or collection is doing: what, why, and what comes next. */
export interface Doing {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly words: string;
  readonly say: string;
  /** The part that is read, where something is being read. */
  readonly progress: { readonly done: number; readonly total: number | null } | null;
}

export const isActive = (job: Job): boolean =>
  job.state === 'queued' || job.state === 'running' || job.state === 'waiting';

const sentence = (text: string): string => (/[.?:]$/.test(text) ? text : `${text}.`);

const readingWords: Readonly<Record<Job['kind'], string>> = {
  upload: 'Reading a file',
  demo: 'Playing in',
  replay: 'Replaying',
};

const isRead = ({ collect }: Job['stages']): boolean =>
  collect.total !== null && collect.done >= collect.total;

function running(job: Job): Doing {
  const { collect, count: counting } = job.stages;
  const base = { tone: 'live', icon: job.kind === 'upload' ? 'file' : 'live' } as const;
  if (isRead(job.stages)) {
    const say =
      counting.total === null
        ? `${counted(counting.done, 'record')} counted.`
        : `${count(counting.done)} of ${counted(counting.total, 'record')} counted.`;
    return {
      ...base,
      words: 'Counting',
      say: job.reason ?? say,
      progress: { done: counting.done, total: counting.total },
    };
  }
  const words = readingWords[job.kind] + (collect.total ? `, ${percent(collect.done, collect.total)}` : '');
  const say = job.reason ?? `${counted(counting.done, 'record')} counted so far.`;
  return { ...base, words, say, progress: { done: collect.done, total: collect.total } };
}

const endedOn = (job: Job): string => longDay(new Date(job.changedAt)).replace(/ \d{4}$/, '');

/** A job in words. */
export function doingOf(job: Job): Doing {
  const calm = { tone: 'calm', progress: null } as const;
  switch (job.state) {
    case 'running':
      return running(job);
    case 'queued':
      return {
        ...calm,
        icon: 'wait',
        words: 'Queued',
        say: 'It starts as soon as the one before it is done.',
      };
    case 'waiting':
      return {
        tone: 'wait',
        icon: 'wait',
        words: 'Waiting',
        say: sentence(job.reason ?? 'It goes on by itself'),
        progress: null,
      };
    case 'paused':
      return {
        ...calm,
        icon: 'wait',
        words: 'Paused',
        say: sentence(job.reason ?? 'It starts where it stopped'),
      };
    case 'cancelled':
      return {
        ...calm,
        icon: 'stop',
        words: 'Cancelled',
        say: `Stopped ${endedOn(job)}; what was read until then is counted.`,
      };
    case 'failed':
      return {
        tone: 'fail',
        icon: 'fail',
        words: 'Failed',
        say: sentence(job.reason ?? 'It could not go on'),
        progress: null,
      };
    case 'completed':
      return {
        ...calm,
        icon: 'done',
        words: `Finished ${endedOn(job)}`,
        say: `${counted(job.stages.count.done, 'record')} read and counted.`,
      };
  }
}

/** What a collection is doing, by the job that matters most: one that moves, else the newest. */
export function doingOfCollection(collection: Collection, jobs: readonly Job[]): Doing {
  const own = jobs
    .filter((job) => job.collection === collection.id)
    .toSorted((a, b) => (a.submittedAt < b.submittedAt ? 1 : -1));
  const matters =
    own.find((job) => job.state === 'running' || job.state === 'waiting') ?? own.find(isActive) ?? own[0];
  if (matters) return doingOf(matters);
  if (!collection.settled) {
    return {
      tone: 'live',
      icon: 'live',
      words: 'Counting',
      say: 'What was handed over is being counted.',
      progress: null,
    };
  }
  return {
    tone: 'calm',
    icon: 'done',
    words: 'Nothing is running',
    say: 'Everything handed over is counted.',
    progress: null,
  };
}

/** Where the posts come from, as one line: the names of the files, or what a job is. */
export function sourcesLine(jobs: readonly Job[]): string {
  const names = jobs
    .filter((job) => job.kind !== 'replay')
    .flatMap((job) => {
      if (job.kind === 'demo') return ['a made-up storm, by a seeded generator'];
      return job.sources.map(({ name }) => name);
    });
  const [first] = names;
  if (first === undefined) return '';
  return names.length === 1 ? first : `${first} and ${count(names.length - 1)} more`;
}
