/**
 * Somebody else has folded these records meanwhile, or the reader stands elsewhere than the tables: nothing was
 * written, and the reader has to go on where the tables say.
 */
export class StaleError extends Error {
  override readonly name = 'StaleError';
  constructor(
    readonly topic: string,
    readonly partitions: readonly number[],
  ) {
    super(`${topic}: partitions ${partitions.join(', ')} do not stand where their records begin`);
  }
}

/** The generation is no longer (or not yet) one that is folded. */
export class GenerationGoneError extends Error {
  override readonly name = 'GenerationGoneError';
}

/** The generation has met its stop within the slice: what is below it is folded, the rest has to come again. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
}
