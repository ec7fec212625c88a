import type { Identity, RecordFormat } from './record.js';

/** What ingest and enrich agree on about the bytes of one record, found without reading all of them. */
export interface Recognised {
  readonly format: RecordFormat;
  readonly identity: Identity | null;
}
