import { type BufferPool } from '../log/buffer-pool.js';
import { MalformedRequest } from '../protocol/reader.js';

/** One request without its length field. `release` gives its memory back. */
export interface Frame {
  readonly bytes: Buffer;
  release(): void;
}

const LENGTH_BYTES = 4;
/** Api key, version and correlation id: what every request has. */
const LEAST = 8;

const keep = () => undefined;

/** Cuts a stream of chunks into frames. A frame inside one chunk is a view of it; any other is copied once, into the pool. */
export class Frames {
  #length = Buffer.alloc(LENGTH_BYTES);
  #lengthFilled = 0;
  #target: Buffer | undefined;
  #size = 0;
  #filled = 0;

  constructor(
    private readonly pool: BufferPool,
    private readonly maxBytes: number,
    private readonly deliver: (frame: Frame) => void,
  ) {}

  /** @throws MalformedRequest where no frame begins. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#target ? this.#fill(chunk, at) : this.#begin(chunk, at);
  }

  /** Gives back what is only half there. */
  drop(): void {
    if (this.#target) this.pool.give(this.#target);
    this.#target = undefined;
  }

  #begin(chunk: Buffer, from: number): number {
    const copied = chunk.copy(this.#length, this.#lengthFilled, from);
    this.#lengthFilled += copied;
    if (this.#lengthFilled < LENGTH_BYTES) return from + copied;
    this.#lengthFilled = 0;
    const size = this.#length.readInt32BE(0);
    if (size < LEAST || size > this.maxBytes) throw new MalformedRequest(`a frame of ${size} bytes`);
    const at = from + copied;
    if (at + size <= chunk.length) {
      this.deliver({ bytes: chunk.subarray(at, at + size), release: keep });
      return at + size;
    }
    this.#target = this.pool.take(size);
    this.#size = size;
    this.#filled = 0;
    return at;
  }

  #fill(chunk: Buffer, from: number): number {
    const target = this.#target;
    if (!target) return from;
    const copied = chunk.copy(target, this.#filled, from, from + this.#size - this.#filled);
    this.#filled += copied;
    if (this.#filled === this.#size) {
      this.#target = undefined;
      this.deliver({ bytes: target.subarray(0, this.#size), release: () => this.pool.give(target) });
    }
    return from + copied;
  }
}
