/** What a handler may know of the request beside its content, and do about its answer. */
export interface Exchange {
  readonly clientId: string;
  readonly host: string;
  /** Runs when the bytes of the answer may be touched again: they are with the system, or the connection is gone. */
  onSent(action: () => void): void;
  /** Runs when the connection ends before the answer. Returns how to call it off. */
  onClosed(action: () => void): () => void;
}
