import { type Sql } from '#libs/db';
import { topics } from '#libs/events';

import { schemaOf } from '../fold/commit-slices.js';

/** Where a generation stands: next raw offset by partition, and next offset of the job events by partition. */
export interface Vector {
  readonly raw: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
}

interface OffsetRow {
  readonly topic: string;
  readonly partition: number;
  readonly next_enriched: number;
  readonly next_raw: number | null;
}

/** @param lock takes the rows, so that the generation stands still until the transaction ends. */
export async function vectorOf(sql: Sql, generation: number, lock = false): Promise<Vector> {
  const rows = await sql<OffsetRow>(
    `select topic, partition, next_enriched, next_raw from ${schemaOf(generation)}.offsets
     order by topic, partition ${lock ? 'for update' : ''}`,
  );
  const raw: Record<string, number> = {};
  const events: Record<string, number> = {};
  for (const { topic, partition, next_enriched, next_raw } of rows) {
    if (topic === topics.jobs.name) events[partition] = next_enriched;
    else raw[partition] = next_raw ?? 0;
  }
  return { raw, events };
}

/** How many records one vector is behind another; 0 when it has reached it everywhere. */
export function gapBetween(behind: Vector, ahead: Vector): number {
  return gap(behind.raw, ahead.raw) + gap(behind.events, ahead.events);
}

const gap = (behind: Vector['raw'], ahead: Vector['raw']) =>
  Object.entries(ahead).reduce((sum, [p, offset]) => sum + Math.max(0, offset - (behind[p] ?? 0)), 0);

export const countOf = ({ raw }: Vector): number => Object.values(raw).reduce((sum, next) => sum + next, 0);

/** Lets a generation be folded up to the vector, not beyond; null lifts the stop. Waits for transactions under way. */
export async function setStop(sql: Sql, generation: number, stop: Vector | null): Promise<void> {
  await sql('update aggregate.generations set stop_at = $2, events_stop_at = $3 where generation = $1', [
    generation,
    stop && JSON.stringify(stop.raw),
    stop && JSON.stringify(stop.events),
  ]);
}
