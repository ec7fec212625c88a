import { type Readable } from 'node:stream';

/** What the store holds of one upload. `sha256` in hex. */
export interface StoredBlob {
  readonly blob: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Bytes from `start` (inclusive) to `end` (exclusive; the end of the blob where absent). */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** There is no blob of that name. */
export class BlobMissingError extends Error {
  override readonly name = 'BlobMissingError';
  constructor(readonly blob: string) {
    super(`the store holds no blob ${blob}`);
  }
}

/** Holds uploads: written once, read often, never changed. */
export interface BlobStore {
  /**
   * Takes in a stream of any length. When it returns, the bytes survive a power failure; when the stream breaks,
   * nothing of it is left. @throws what the stream or the disk throws.
   */
  put(content: Readable): Promise<StoredBlob>;
  /** @throws BlobMissingError */
  open(blob: string, range?: ByteRange): Promise<Readable>;
  /** Length in bytes. @throws BlobMissingError */
  size(blob: string): Promise<number>;
  /** Nothing happens when it is not there. */
  delete(blob: string): Promise<void>;
  /** A local file with these bytes, for readers that jump about (archives). It must not be changed. */
  path(blob: string): string;
}
