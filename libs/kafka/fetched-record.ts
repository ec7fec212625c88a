import { ByteReader } from './byte-reader.js';
import { type HeaderReader } from './header-reader.js';
import { type LogRecord } from './record.js';

/** What the records of one batch share. */
export interface BatchContext {
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  /** When the broker sets the times: the time of the whole batch. */
  readonly appendTime: number | null;
  readonly headers: HeaderReader;
  /** This and the next one: for kafkajs, which leaves out aborted transactions by them. */
  readonly producerId: string;
  readonly inTransaction: boolean;
}

/** A record within the fetched bytes. */
export class FetchedRecord implements LogRecord {
  readonly isGap: boolean = false;
  /** For kafkajs, which would hide the record. */
  readonly isControlRecord = false;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly #bytes: Buffer;
  readonly #headersAt: number;
  #headers: Readonly<Record<string, string>> | null = null;

  constructor(
    reader: ByteReader,
    readonly batchContext: BatchContext,
  ) {
    const length = reader.varint();
    const end = reader.at + length;
    reader.int8(); // attributes: none are defined
    const timestamp = batchContext.firstTimestamp + reader.varlong();
    this.timestamp = batchContext.appendTime ?? timestamp;
    this.offset = batchContext.firstOffset + reader.varint();
    this.key = reader.varintBytes();
    this.value = reader.varintBytes();
    this.#bytes = reader.buffer;
    this.#headersAt = reader.at;
    reader.skip(end - reader.at);
  }

  get headers(): Readonly<Record<string, string>> {
    return (this.#headers ??= this.batchContext.headers.read(new ByteReader(this.#bytes, this.#headersAt)));
  }
}

/**
 * No record: it stands for offsets at the end of a batch that compaction emptied, or for a transaction's marker, so that
 * a reader's position moves past them. kafkajs' own consumer stands still there.
 */
export interface Gap {
  readonly isGap: true;
  readonly isControlRecord: false;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly batchContext: BatchContext;
}

export function gapAt(offset: number, batchContext: BatchContext, key: Buffer | null = null): Gap {
  return { isGap: true, isControlRecord: false, offset, key, batchContext };
}
