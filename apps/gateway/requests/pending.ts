import { evolveJob, type JobEvent, type JobEventOf, type JobState } from '#libs/events';

export interface PendingCollection {
  readonly id: string;
  readonly name: string;
  readonly origin: 'real' | 'simulated' | null;
  readonly createdAt: string;
}

export interface PendingRebuild {
  readonly id: string;
  readonly kind: 'rebuild' | 'verification';
  readonly from: 'raw' | 'enriched';
  readonly requestedAt: string;
}

/** What was asked for and the tables do not show yet. Readers lay it over what the tables say. */
export class Pending {
  readonly collections = new Map<string, PendingCollection>();
  readonly renamed = new Map<string, { readonly name: string; readonly at: string }>();
  readonly deleted = new Set<string>();
  readonly jobs = new Map<string, JobState>();
  readonly cancelled = new Set<string>();
  readonly rebuilds = new Map<string, PendingRebuild>();

  /** @param events in the order in which they were asked for. */
  constructor(events: Iterable<JobEvent> = []) {
    for (const event of events) this.#add(event);
  }

  #add(event: JobEvent): void {
    switch (event.type) {
      case 'CollectionCreated':
        return this.#created(event);
      case 'CollectionRenamed':
        this.renamed.set(event.data.collection, { name: event.data.name, at: event.occurredAt });
        return;
      case 'CollectionDeleteRequested':
        this.deleted.add(event.data.collection);
        return;
      case 'JobSubmitted':
        return this.#submitted(event);
      case 'JobCancelRequested':
        this.cancelled.add(event.data.job);
        return;
      case 'RebuildRequested':
        return this.#rebuild('rebuild', event.data.from, event);
      case 'VerificationRequested':
        return this.#rebuild('verification', 'enriched', event);
      default:
        throw new TypeError(`the gateway does not ask for ${event.type}`);
    }
  }

  #created({ data, occurredAt }: JobEventOf<'CollectionCreated'>): void {
    const { collection: id, name, origin } = data;
    this.collections.set(id, { id, name, origin, createdAt: occurredAt });
  }

  #submitted(event: JobEventOf<'JobSubmitted'>): void {
    const state = evolveJob(null, event);
    if (state) this.jobs.set(state.job, state);
  }

  #rebuild(
    kind: PendingRebuild['kind'],
    from: PendingRebuild['from'],
    { data, occurredAt }: JobEventOf<'RebuildRequested' | 'VerificationRequested'>,
  ): void {
    this.rebuilds.set(data.rebuild, { id: data.rebuild, kind, from, requestedAt: occurredAt });
  }
}
