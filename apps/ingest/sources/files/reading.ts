import type { FoundRecord, SourceBatch } from '../source.js';
import { isReadable } from '../source.js';
import { Expander, type Found } from './expand.js';
import { Framer } from './framer.js';
import type { Piece } from './piece.js';

const BATCH_RECORDS = 500;
const BATCH_BYTES = 1024 * 1024;

/** One pass over one decoded file: chunks in, batches of records with their positions out. */
export class Reading {
  /** Records so far, those before `after` included; and how many of them enrich can read. */
  records = 0;
  readable = 0;
  readonly #framer: Framer;
  readonly #expander: Expander;
  readonly #skipped = new Map<string, number>();
  #batch: FoundRecord[] = [];
  #bytes = 0;

  constructor(private readonly after: number) {
    const skip = (what: string) => this.#skipped.set(what, (this.#skipped.get(what) ?? 0) + 1);
    this.#framer = new Framer({ lines: true, archive: false, onOtherPart: skip });
    this.#expander = new Expander(skip);
  }

  /** What was passed over without a record, each kind with how often. */
  get skipped(): string[] {
    return [...this.#skipped].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`));
  }

  *feed(chunk: Buffer): Generator<SourceBatch['records']> {
    yield* this.#take(this.#framer.feed(chunk));
  }

  /** What was left when the file ended. */
  *end(): Generator<SourceBatch['records']> {
    yield* this.#take(this.#framer.end());
    if (this.#batch.length > 0) yield this.#flush();
  }

  /** A record of its own, behind all others, that says the file should not have ended there. */
  *damaged(sentence: string): Generator<SourceBatch['records']> {
    const place = { line: null, offset: null };
    this.#add({ bytes: Buffer.from(sentence), format: 'unknown', identity: null, encoding: 'utf-8', place });
    if (this.#batch.length > 0) yield this.#flush();
  }

  *#take(pieces: readonly Piece[]): Generator<SourceBatch['records']> {
    for (const piece of pieces) {
      for (const found of this.#expander.expand(piece)) {
        this.#add(found);
        if (this.#batch.length >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES) yield this.#flush();
      }
    }
  }

  #add(found: Found): void {
    const record = { position: this.records, ...found };
    this.records += 1;
    if (isReadable(record)) this.readable += 1;
    if (record.position <= this.after) return;
    this.#batch.push(record);
    this.#bytes += record.bytes.length;
  }

  #flush(): FoundRecord[] {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    return batch;
  }
}
