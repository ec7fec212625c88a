import { type RawMeta, recognise } from '#libs/events';

/** Headers as ingest would write them for these bytes, changed where a test says so. */
export function metaOf(bytes: Buffer, change: Partial<RawMeta> = {}): RawMeta {
  const { format, identity } = recognise(bytes, change.format);
  return {
    collection: 'c',
    job: 'j',
    source: 'j.0',
    position: 7,
    identity,
    format,
    encoding: 'utf-8',
    place: { line: 8, offset: 120 },
    collectedAt: '2026-01-01T00:00:00.000Z',
    origin: identity?.platform === 'simulated-x' ? 'simulated' : 'real',
    replayOf: null,
    ...change,
  };
}
