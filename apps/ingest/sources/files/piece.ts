/**
 * A stretch of a decoded file. `value`: the bytes of one JSON value, or of one line that looks like it; `broken`: what
 * is none; `oversize`: a note in place of a value that is too long to hold.
 */
export interface Piece {
  readonly kind: 'value' | 'broken' | 'oversize';
  readonly bytes: Buffer;
  /** Line, 1-based, and byte offset, 0-based, of its first byte in the decoded file. */
  readonly line: number;
  readonly offset: number;
  /** It belongs to the posts of a personal archive. */
  readonly archive: boolean;
}
