import { Column, Entity } from 'typeorm';

import { type JobEvent } from '#libs/events';

import { KeyText, optional, Text, Time } from './columns.js';

/** What people call a collection, whether its posts are real, and whether it is to go. */
@Entity('collections')
export class CollectionRow {
  @KeyText() id!: string;
  @Text(optional) name!: string | null;
  @Text(optional) origin!: string | null;
  @Time(optional) created_at!: string | null;
  @Column({ type: 'boolean', default: false }) delete_requested!: boolean;
  @Time(optional) name_at!: string | null;
}

/** A row's columns; times are `Date` where they come out of the database. */
export type CollectionState = Pick<CollectionRow, keyof CollectionRow>;

const unknown = (id: string): CollectionState => ({
  id,
  name: null,
  origin: null,
  created_at: null,
  delete_requested: false,
  name_at: null,
});

/**
 * The fold of a collection's events. Its creation may arrive twice (a request that is produced again) and after events
 * of its jobs, which travel in other partitions; the first origin in the log counts, the youngest name.
 * Returns the state it was given where the event is about something else.
 */
export function evolveCollection(state: CollectionState | null, event: JobEvent): CollectionState | null {
  switch (event.type) {
    case 'CollectionCreated': {
      const { collection, name, origin } = event.data;
      const known = state ?? unknown(collection);
      if (known.created_at !== null) return known;
      const created = { ...known, created_at: event.occurredAt, origin: known.origin ?? origin };
      return named(created, name, event.occurredAt);
    }
    case 'CollectionRenamed':
      return named(state ?? unknown(event.data.collection), event.data.name, event.occurredAt);
    case 'CollectionOriginDecided': {
      const known = state ?? unknown(event.data.collection);
      return { ...known, origin: known.origin ?? event.data.origin };
    }
    case 'CollectionDeleteRequested':
      return { ...(state ?? unknown(event.data.collection)), delete_requested: true };
    default:
      return state;
  }
}

function named(state: CollectionState, name: string, at: string): CollectionState {
  const isYounger = state.name_at === null || Date.parse(at) >= new Date(state.name_at).getTime();
  return isYounger ? { ...state, name, name_at: at } : state;
}
