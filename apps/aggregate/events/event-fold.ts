import { evolveJob, type JobEvent, type JobEventOf, type JobState } from '#libs/events';

import { type CollectionState, evolveCollection } from '../projections/collections.js';
import { type SourceRow, sourceRowOf } from '../projections/sources.js';

type RebuildRequest = JobEventOf<'RebuildRequested' | 'VerificationRequested'>;

/** The fold of a batch of job events. Pure: from the states before it to those after it. */
export class EventFold {
  readonly jobs: Map<string, JobState>;
  readonly collections: Map<string, CollectionState>;
  readonly sources = new Map<string, SourceRow>();
  readonly requests: RebuildRequest[] = [];
  /** Rebuilds that are over: their generation was switched to, or dropped. */
  readonly over: string[] = [];

  constructor(jobs: Iterable<JobState>, collections: Iterable<CollectionState>) {
    this.jobs = new Map([...jobs].map((state) => [state.job, state]));
    this.collections = new Map([...collections].map((row) => [row.id, row]));
  }

  add(event: JobEvent): void {
    switch (event.type) {
      case 'CollectionCreated':
      case 'CollectionRenamed':
      case 'CollectionOriginDecided':
      case 'CollectionDeleteRequested':
        return this.#collection(event.data.collection, event);
      case 'RebuildRequested':
      case 'VerificationRequested':
        this.requests.push(event);
        return;
      case 'GenerationStarted':
        return;
      case 'GenerationSwitched':
      case 'GenerationDropped':
        this.over.push(event.data.rebuild);
        return;
      case 'SourceOpened':
        return this.#sourceOpened(event);
      default:
        return this.#job(event.data.job, event);
    }
  }

  #collection(id: string, event: JobEvent): void {
    const next = evolveCollection(this.collections.get(id) ?? null, event);
    if (next) this.collections.set(id, next);
  }

  #job(id: string, event: JobEvent): void {
    const next = evolveJob(this.jobs.get(id) ?? null, event);
    if (next) this.jobs.set(id, next);
  }

  /** A zombie's source is not listed, unless its rightful runner opens it as well. */
  #sourceOpened(event: JobEventOf<'SourceOpened'>): void {
    if (this.jobs.get(event.data.job)?.epoch !== event.data.epoch) return;
    this.sources.set(event.data.source, sourceRowOf(event));
  }
}

/** Ids of the jobs and collections that a batch is about. */
export function subjectsOf(events: readonly JobEvent[]): { jobs: string[]; collections: string[] } {
  const jobs = new Set<string>();
  const collections = new Set<string>();
  for (const { type, data } of events) {
    if ('job' in data) jobs.add(data.job);
    if (type.startsWith('Collection') && 'collection' in data) collections.add(data.collection);
  }
  return { jobs: [...jobs], collections: [...collections] };
}
