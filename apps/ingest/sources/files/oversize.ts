import { createHash } from 'node:crypto';

/** Characters of an over-long record that its note keeps. */
const START = 300;
/** No character of UTF-8 is longer than four bytes. */
const START_BYTES = START * 4;

/** Stands for a record that is too long to keep: its length, its hash, how it begins. Made while it passes. */
export class OversizeNote {
  readonly #hash = createHash('sha256');
  #length = 0;
  #start: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#length += bytes.length;
    const missing = START_BYTES - this.#start.length;
    if (missing > 0) this.#start = Buffer.concat([this.#start, bytes.subarray(0, missing)]);
  }

  finish(): Buffer {
    const start = Array.from(this.#start.toString('utf8')).slice(0, START).join('');
    return Buffer.from(JSON.stringify({ bytes: this.#length, sha256: this.#hash.digest('hex'), start }));
  }
}

export function oversizeNote(bytes: Buffer): Buffer {
  const note = new OversizeNote();
  note.add(bytes);
  return note.finish();
}
