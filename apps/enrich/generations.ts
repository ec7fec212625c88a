import { type JobEvent, topics } from '#libs/events';

/** A topic of outcomes that is being filled from raw, and the group that says how far. */
export interface Filling {
  readonly group: string;
  readonly topic: string;
}

/** What the rebuild events so far say. Their order does not matter: those of different rebuilds have none. */
export interface Generations {
  /** Generation by enriched topic, of those that are built from raw. */
  readonly started: ReadonlyMap<string, number>;
  /** Enriched topics that nobody reads any more. */
  readonly dropped: ReadonlySet<string>;
}

export const noGenerations: Generations = { started: new Map(), dropped: new Set() };

/** @returns the same value for an event that says nothing about enriched topics. */
export function evolveGenerations(state: Generations, event: JobEvent): Generations {
  if (event.type === 'GenerationStarted' && event.data.fromRaw) {
    const { enriched, generation } = event.data;
    return { ...state, started: new Map(state.started).set(enriched, generation) };
  }
  if (event.type === 'GenerationDropped' && event.data.enriched !== null) {
    return { ...state, dropped: new Set(state.dropped).add(event.data.enriched) };
  }
  return state;
}

/** What is to be filled: the first topic and those of the generations built from raw, until they are dropped. */
export function fillingsOf({ started, dropped }: Generations): Filling[] {
  const first: Filling = { group: 'enrich', topic: topics.enriched.name };
  const built = [...started].map(([topic, generation]) => ({ group: `enrich.g${generation}`, topic }));
  return [first, ...built].filter(({ topic }) => !dropped.has(topic));
}
