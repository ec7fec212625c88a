import { SpanStatusCode } from '@opentelemetry/api';

import { recordKey } from '#libs/events';
import { type Batch, injectTrace, linksFrom, type Producer, type ProduceRecord } from '#libs/kafka';
import { tracer } from '#libs/runtime';

import { encodeOutcome } from './encode-outcome.js';
import { type Filling } from './generations.js';
import { noteBatch } from './metrics.js';
import { type MadeOutcome, outcomeOfRecord } from './outcome-of-record.js';

/** Appends the outcomes of raw records, partition p to partition p, in their order. */
export class OutcomeWriter {
  #drawn = 0;

  /** @param run the random part of record keys, unique per run of a process; counted up within it. */
  constructor(
    private readonly producer: Producer,
    private readonly run: string,
  ) {}

  /** Resolves when all outcomes are acknowledged: only then may the raw offset move. */
  write(batch: Batch, { group, topic }: Filling): Promise<void> {
    const { partition, messages } = batch;
    const attributes = { topic, partition, records: messages.length };
    const options = { attributes, links: linksFrom(messages) };
    return tracer().startActiveSpan('enrich batch', options, async (span) => {
      const began = performance.now();
      try {
        const made = outcomesOf(batch);
        // The partition has a new owner, who does the same: each record twice would be right, and twice the work.
        if (batch.isStale()) return;
        await this.producer.append(this.#records(made, topic, partition));
        noteBatch(
          group,
          batch,
          made.map(({ outcome }) => outcome),
          (performance.now() - began) / 1_000,
        );
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  #records(made: readonly MadeOutcome[], topic: string, partition: number): ProduceRecord[] {
    const headers = injectTrace({});
    return made.map(({ outcome, meta }) => {
      this.#drawn += 1;
      const key = recordKey(meta, `${this.run}${this.#drawn.toString(36)}`);
      return { topic, partition, key, value: encodeOutcome(outcome), headers };
    });
  }
}

function outcomesOf({ partition, messages }: Batch): MadeOutcome[] {
  const made: MadeOutcome[] = [];
  for (const message of messages) {
    const one = outcomeOfRecord(message, partition);
    if (one) made.push(one);
  }
  return made;
}
