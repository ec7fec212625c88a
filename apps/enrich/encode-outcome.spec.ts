import { describe, expect, it } from '@jest/globals';

import { encodeFitting, encodeOutcome } from './encode-outcome.js';
import { outcomeOf } from './outcome-of.js';
import { metaOf } from './raw-meta.fixture.js';

const encoded = (text: string) => {
  const bytes = Buffer.from(`{"id_str":"1","text":${text}}`);
  return JSON.parse(encodeOutcome(outcomeOf(bytes, metaOf(bytes), { partition: 0, offset: 0 }))).data.text;
};

describe('encoding an outcome', () => {
  it('replaces what Postgres cannot store', () => {
    expect(encoded(String.raw`"a\u0000b"`)).toBe('a\uFFFDb');
    expect(encoded(String.raw`"cut \ud83d"`)).toBe('cut \uFFFD');
    expect(encoded(String.raw`"\ude00 cut"`)).toBe('\uFFFD cut');
  });

  it('leaves whole pairs and written-out escapes alone', () => {
    expect(encoded(String.raw`"\ud83d\ude00"`)).toBe('😀');
    expect(encoded(String.raw`"\\u0000 \\ud83d"`)).toBe(String.raw`\u0000 \ud83d`);
  });

  it('is a rejection of what is longer as a post than the log takes', () => {
    const bytes = Buffer.from(`{"id_str":"1","text":"${'é'.repeat(500)}"}`);
    const meta = metaOf(bytes);
    const outcome = outcomeOf(bytes, meta, { partition: 2, offset: 3 });
    expect(encodeFitting({ outcome, meta, bytes }, 1_700).outcome).toBe(outcome);
    const { outcome: refused, value } = encodeFitting({ outcome, meta, bytes }, 1_000);
    expect(refused).toMatchObject({ id: '2:3', type: 'RecordRejected', data: { reason: 'too_large' } });
    expect(JSON.parse(value)).toEqual(refused);
  });
});
