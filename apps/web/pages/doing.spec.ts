import { describe, expect, it } from '@jest/globals';

import type { Collection, Job } from '#libs/api';

import { doingOf, doingOfCollection, sourcesLine } from './doing.js';

const stage = (done: number, total: number | null, unit: 'bytes' | 'records' = 'records') => ({
  done,
  total,
  unit,
  error: null,
});

const job = (over: Partial<Job> = {}): Job => ({
  id: 'j',
  kind: 'upload',
  collection: 'c',
  state: 'running',
  reason: null,
  until: null,
  stages: {
    upload: stage(9, 9, 'bytes'),
    collect: stage(62, 100, 'bytes'),
    enrich: stage(40, null),
    count: stage(40, null),
  },
  sources: [{ id: 's', name: 'night.jsonl', bytes: 100 }],
  submittedAt: '2026-11-21T10:00:00.000Z',
  changedAt: '2026-11-21T10:05:00.000Z',
  ...over,
});

describe('what a collection is doing', () => {
  it('tells how far a file is read and what is counted so far', () => {
    expect(doingOf(job())).toMatchObject({
      tone: 'live',
      words: 'Reading a file, 62\u202f%',
      say: '40 records counted so far.',
    });
  });

  it('goes on to counting when the file is read to its end', () => {
    const stages = { ...job().stages, collect: stage(100, 100, 'bytes'), count: stage(40, 50) };
    expect(doingOf(job({ stages }))).toMatchObject({
      words: 'Counting',
      say: '40 of 50 records counted.',
      progress: { done: 40, total: 50 },
    });
  });

  it('is red only where a person is needed, with the reason as a sentence', () => {
    expect(doingOf(job({ state: 'failed', reason: 'It holds no posts' }))).toMatchObject({
      tone: 'fail',
      say: 'It holds no posts.',
    });
    expect(doingOf(job({ state: 'cancelled' })).tone).toBe('calm');
    expect(doingOf(job({ state: 'completed' }))).toMatchObject({
      tone: 'calm',
      words: 'Finished 21 November',
    });
  });

  it('goes by the job that moves, else by the newest', () => {
    const collection = { id: 'c', settled: true } as Collection;
    const old = job({ id: 'old', state: 'failed', submittedAt: '2026-11-20T10:00:00.000Z' });
    const done = job({ id: 'done', state: 'completed' });
    expect(doingOfCollection(collection, [old, done]).words).toBe('Finished 21 November');
    expect(doingOfCollection(collection, [done, { ...old, state: 'running' }]).tone).toBe('live');
    expect(doingOfCollection(collection, [{ ...old, collection: 'other' }]).words).toBe('Nothing is running');
  });

  it('names where the posts come from', () => {
    const sources = ['a.jsonl', 'b.jsonl', 'c.jsonl'].map((name) => ({ id: name, name, bytes: 1 }));
    expect(sourcesLine([job({ sources })])).toBe('a.jsonl and 2 more');
    expect(sourcesLine([job({ kind: 'demo', sources: [] })])).toContain('generator');
    expect(sourcesLine([job({ kind: 'replay' })])).toBe('');
  });
});
