import { type RawPlace, readRawMeta, recognise, topics } from '#libs/events';
import { type LogReader } from '#libs/kafka';

import { type FoundRecord, type Source, type SourceBatch } from './source.js';

/** Records read from the log at once. */
const BATCH = 100;

/** Rejected records, sent once more as they are: their bytes from the log, where their identity now belongs. */
export class ReplaySource implements Source {
  readonly name = 'Rejected records, once more';
  readonly bytes = null;

  constructor(
    private readonly rejections: readonly RawPlace[],
    private readonly log: LogReader,
  ) {}

  async *records(after: number, signal: AbortSignal): AsyncIterable<SourceBatch> {
    for (let from = after + 1; from < this.rejections.length; from += BATCH) {
      signal.throwIfAborted();
      const places = this.rejections.slice(from, from + BATCH);
      const found = await Promise.all(places.map((place, i) => this.#read(place, from + i)));
      yield { records: found.filter((record) => record !== null), consumed: from + places.length };
    }
  }

  /** Null where the record was erased meanwhile. */
  async #read(place: RawPlace, position: number): Promise<FoundRecord | null> {
    const record = await this.log.read(topics.raw.name, place.partition, place.offset);
    if (!record?.value) return null;
    const meta = readRawMeta(record.headers);
    // Only the dialect that a container told is worth keeping; all else is recognised anew.
    const hint = meta.format === 'x.archive' ? meta.format : undefined;
    const { encoding, place: lay } = meta;
    return {
      position,
      bytes: record.value,
      ...recognise(record.value, hint),
      encoding,
      place: lay,
      replayOf: place,
    };
  }
}
