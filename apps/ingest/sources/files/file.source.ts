import { type Source, type SourceBatch, SourceRefused } from '../source.js';
import { decoded, gunzipped, peek } from './bytes.js';
import { Reading } from './reading.js';
import { whyNoPosts } from './refusal.js';

/** What is looked at before a file that is no JSON at all is refused. */
const HEAD_BYTES = 64 * 1024;

/** The bytes of one file as uploaded, and how many of them have been read, in the unit of the source's size. */
export interface Opened {
  readonly chunks: AsyncIterable<Buffer>;
  consumed(): number;
}

/** The bytes handed over are not what they claim to be: cut short, or altered. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** What zlib and the reader of archives say of damaged bytes, null for any other error. */
function damageIn(err: unknown): string | null {
  if (!(err instanceof Error)) return null;
  const code = 'code' in err ? String(err.code) : '';
  return err instanceof Damaged || code.startsWith('Z_') ? err.message : null;
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
      if (reading.records === 0)
        throw new SourceRefused(`${this.name} cannot be unpacked: ${damage}.`, { cause: err });
    }
    const note = damage && `${this.name} is damaged; what comes after this cannot be read: ${damage}.`;
    for (const records of reading.end(note)) yield { records, consumed: this.bytes };
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
