import { describe, expect, it } from '@jest/globals';

import { type JobEvent, jobEventSchema } from '#libs/events';

import { evolveGenerations, fillingsOf, noGenerations } from './generations.js';

const event = (type: JobEvent['type'], data: object): JobEvent =>
  jobEventSchema.parse({
    id: 'e',
    version: 1,
    occurredAt: '2026-01-01T00:00:00.000Z',
    receivedAt: '2026-01-01T00:00:00.000Z',
    type,
    data: { rebuild: 'r', ...data },
  });
const started = (generation: number, enriched: string, fromRaw = true) =>
  event('GenerationStarted', { generation, enriched, fromRaw });
const switched = (generation: number) => event('GenerationSwitched', { generation });
const dropped = (generation: number, enriched: string | null) =>
  event('GenerationDropped', { generation, enriched });

const first = { group: 'enrich', topic: 'posts.enriched.v1' };
const second = { group: 'enrich.g2', topic: 'posts.enriched.v1.g2' };
const filled = (...events: readonly JobEvent[]) =>
  fillingsOf(events.reduce(evolveGenerations, noGenerations));

describe('what enrich fills', () => {
  it('is the first topic when nothing was ever rebuilt', () => {
    expect(filled()).toEqual([first]);
  });

  it('is another one beside it while a generation is built from raw, and after the switch until the old is dropped', () => {
    expect(filled(started(2, second.topic))).toEqual([first, second]);
    expect(filled(started(2, second.topic), switched(2))).toEqual([first, second]);
    expect(filled(started(2, second.topic), switched(2), dropped(1, first.topic))).toEqual([second]);
  });

  it('is nothing new for a generation that reads what there is', () => {
    const events = [started(2, first.topic, false), switched(2), dropped(1, null)];
    expect(filled(...events)).toEqual([first]);
  });

  it('is the old one again when a rebuild was given up', () => {
    expect(filled(started(2, second.topic), dropped(2, second.topic))).toEqual([first]);
  });

  it('does not depend on the order of events of different rebuilds', () => {
    const events = [started(2, second.topic), started(3, 'posts.enriched.v1.g3'), dropped(2, second.topic)];
    expect(filled(...events.toReversed())).toEqual(filled(...events));
  });
});
