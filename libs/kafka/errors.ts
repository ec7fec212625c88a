/** The log does not hold what the reader's positions say: another log, or one that lost its records. */
export class LogMismatchError extends Error {
  override readonly name = 'LogMismatchError';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly next: number,
    readonly range: { readonly low: number; readonly high: number } | null,
  ) {
    const held = range ? `it holds ${range.low} to ${range.high}` : 'the broker no longer has that offset';
    super(
      `Position ${next} of ${topic}/${partition} is not in this log (${held}). ` +
        'These tables belong to another log, or the log lost records: rebuild them from this log.',
    );
  }
}

/** A topic is not as declared. The message says what to do. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
  constructor(
    readonly topic: string,
    readonly faults: readonly string[],
  ) {
    super(`Topic ${topic} is not as declared:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** A record is longer than one Kafka record may be. The caller's business: nothing was sent, nothing is broken. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
  constructor(
    readonly topic: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`A record for ${topic} takes ${bytes} bytes, the limit is ${limit}.`);
  }
}

/** The producer was closed, or failed for good before. */
export class ProducerClosedError extends Error {
  override readonly name = 'ProducerClosedError';
  constructor(options?: ErrorOptions) {
    super('The producer does not take records any more.', options);
  }
}

/** The bytes of a record batch do not have their checksum, or cannot be read as one. */
export class CorruptBatchError extends Error {
  override readonly name = 'CorruptBatchError';
}

/** A reader asked for an offset that the log does not hold (yet, or any more). */
export class OffsetOutOfRangeError extends Error {
  override readonly name = 'OffsetOutOfRangeError';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
  ) {
    super(`${topic}/${partition} does not hold offset ${offset}.`);
  }
}

/**
 * Thrown by a batch handler whose own store says that somebody else is further (the fence of its transaction failed).
 * The consumer drops the batch, loads the positions anew and goes on.
 */
export class StaleBatchError extends Error {
  override readonly name = 'StaleBatchError';
  constructor(message = 'The batch begins where the store no longer stands.') {
    super(message);
  }
}

/**
 * Thrown by a batch handler that cannot take the rest of a batch for now. The consumer goes on with other partitions and
 * brings it again from where the store stands: a handler that waited instead would hold up all of them, because kafkajs
 * fetches nothing before every handler has returned.
 */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
  constructor() {
    super('The rest of the batch has to wait.');
  }
}
