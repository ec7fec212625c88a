import { type Source, type SourceBatch, SourceRefused } from '../source.js';
import { decoded, gunzipped, peek } from './bytes.js';
import { damageIn } from './damage.js';
import { Reading } from './reading.js';
import { whyNoPosts } from './refusal.js';

/** What is looked at before a file that is no JSON at all is refused. */
const HEAD_BYTES = 64 * 1024;

/** The bytes of one file as uploaded, and how many of them have been read, in the unit of the source's size. */
export interface Opened {
  readonly chunks: AsyncIterable<Buffer>;
  consumed(): number;
}

/** One file, or one member of an archive: its records in the order in which they stand in it. */
export class FileSource implements Source {
  #skipped: readonly string[] = [];

  constructor(
    readonly name: string,
    readonly bytes: number,
    private readonly open: () => Promise<Opened>,
    /** What was passed over beside it. */
    private readonly beside: readonly string[] = [],
  ) {}

  get skipped(): readonly string[] {
    return [...this.beside, ...this.#skipped];
  }

  /**
   * Damage in the middle ends the source with one more record that says so, behind all that could be read.
   * @throws SourceRefused where there was not one post or message, even when other records were given.
   */
  async *records(after: number, signal: AbortSignal): AsyncGenerator<SourceBatch> {
    const reading = new Reading(after);
    let damage: string | null = null;
    try {
      yield* this.#read(reading, signal);
    } catch (err) {
      damage = damageIn(err);
      if (damage === null) throw err;
    }
    for (const records of reading.end()) yield { records, consumed: this.bytes };
    if (damage !== null) {
      if (reading.records === 0) throw new SourceRefused(`${this.name} cannot be unpacked: ${damage}.`);
      const sentence = `${this.name} is damaged; what comes after this cannot be read: ${damage}.`;
      for (const records of reading.damaged(sentence)) yield { records, consumed: this.bytes };
    }
    this.#skipped = reading.skipped;
    if (reading.readable > 0) return;
    const only = this.#skipped.length > 0 ? `, only ${this.#skipped.join(', ')}` : '';
    throw new SourceRefused(`${this.name} holds no posts${only}.`);
  }

  async *#read(reading: Reading, signal: AbortSignal): AsyncGenerator<SourceBatch> {
    const opened = await this.open();
    const { head, whole } = await peek(decoded(gunzipped(opened.chunks)), HEAD_BYTES);
    const reason = whyNoPosts(head);
    if (reason !== null) throw new SourceRefused(`${this.name} ${reason}`);
    for await (const chunk of whole) {
      signal.throwIfAborted();
      for (const records of reading.feed(chunk)) yield { records, consumed: opened.consumed() };
    }
  }
}
