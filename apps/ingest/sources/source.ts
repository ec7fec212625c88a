import type { Identity, RawPlace, RecordEncoding, RecordFormat, SourcePlace } from '#libs/events';

/** One record as a source found it. Positions ascend and are the same each time the source is read. */
export interface FoundRecord {
  readonly position: number;
  readonly bytes: Buffer;
  readonly format: RecordFormat;
  readonly identity: Identity | null;
  readonly encoding: RecordEncoding;
  readonly place: SourcePlace;
  /** The rejected record that this one repeats. */
  readonly replayOf?: RawPlace;
}

/** At most about 1 MiB or 500 records. `consumed` counts what is read so far in the unit of the source's size. */
export interface SourceBatch {
  readonly records: readonly FoundRecord[];
  readonly consumed: number;
}

/**
 * Where a job reads from. A job opens an ordered list of them; the list and all positions are the same on every
 * opening, so that a job which goes on after a crash skips what it has.
 */
export interface Source {
  /** What a person calls it: a path, a query. */
  readonly name: string;
  /** Its share of the bytes handed over, null where that is unknown or it has none. */
  readonly bytes: number | null;
  /**
   * Everything whose position is above `after` (−1: all). Ends when the source does.
   * @throws SourceRefused where the source can never give a post; records given before stay valid.
   */
  records(after: number, signal: AbortSignal): AsyncIterable<SourceBatch>;
  /**
   * What gave no record because it holds no posts by its nature (other parts of a personal archive, pictures,
   * answers that failed), in words for a person. Complete once `records` has ended.
   */
  readonly skipped?: readonly string[];
}

/** A post or a message about posts, as opposed to what enrich will reject. */
export const isReadable = ({ format }: FoundRecord): boolean => format !== 'unknown' && format !== 'oversize';

/** The source is of no use, and reading it again changes nothing. The message is one sentence for a person. */
export class SourceRefused extends Error {
  override readonly name = 'SourceRefused';
}
