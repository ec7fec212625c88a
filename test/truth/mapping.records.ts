import type { RawMeta } from '#libs/events';

import { openUpload } from '../../apps/ingest/sources/files/upload.js';
import { type FoundRecord, type Source, SourceRefused } from '../../apps/ingest/sources/source.js';
import type { TruthSet } from './truth.js';

/** The raw records of a set as an upload of its files would give them. */
export async function* rawRecords({ files }: TruthSet): AsyncIterable<{ bytes: Buffer; meta: RawMeta }> {
  let opened = 0;
  for await (const source of openUpload(files)) {
    for await (const record of recordsOf(source)) {
      yield { bytes: record.bytes, meta: metaOf(record, `job.${opened}`) };
    }
    opened += 1;
  }
}

/** A personal archive has files without posts among its own: they refuse to be sources, and the others go on. */
async function* recordsOf(source: Source): AsyncIterable<FoundRecord> {
  try {
    for await (const { records } of source.records(-1, new AbortController().signal)) yield* records;
  } catch (error) {
    if (!(error instanceof SourceRefused)) throw error;
  }
}

function metaOf({ position, format, identity, encoding, place }: FoundRecord, source: string): RawMeta {
  return {
    collection: 'collection',
    job: 'job',
    source,
    position,
    identity,
    format,
    encoding,
    place,
    collectedAt: '2026-01-01T00:00:00.000Z',
    origin: 'real',
    replayOf: null,
  };
}
