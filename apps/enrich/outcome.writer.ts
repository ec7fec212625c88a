import { SpanStatusCode } from '@opentelemetry/api';

import { recordKey } from '#libs/events';
import { type Batch, injectTrace, linksFrom, type Producer, type ProduceRecord } from '#libs/kafka';
import { tracer } from '#libs/runtime';

import { type Dialects } from './dialects.js';
import { encodeFitting } from './encode-outcome.js';
import { type Filling } from './generations.js';
import { noteBatch, OutcomeTally } from './metrics.js';
import { outcomeOfRecord } from './outcome-of-record.js';

/** Appends the outcomes of raw records, partition p to partition p, in their order. */
export class OutcomeWriter {
  #drawn = 0;

  /** @param run the random part of record keys, unique per run of a process; counted up within it. */
  constructor(
    private readonly producer: Producer,
    private readonly run: string,
    private readonly dialects?: Dialects,
  ) {}

  /** Resolves when all outcomes are acknowledged: only then may the raw offset move. */
  write(batch: Batch, { group, topic }: Filling): Promise<void> {
    const { partition, messages } = batch;
    const attributes = { topic, partition, records: messages.length };
    const options = { attributes, links: linksFrom(messages) };
    return tracer().startActiveSpan('enrich batch', options, async (span) => {
      const began = performance.now();
      try {
        const tally = new OutcomeTally();
        const records = this.#records(batch, topic, tally);
        // The partition has a new owner, who does the same: each record twice would be right, and twice the work.
        if (batch.isStale()) return;
        await this.producer.append(records);
        noteBatch(group, batch, tally, (performance.now() - began) / 1_000);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  /** Each outcome is written out at once and let go: kept for the batch, they would all outlive the youngest heap. */
  #records({ partition, messages }: Batch, topic: string, tally: OutcomeTally): ProduceRecord[] {
    const headers = injectTrace({});
    const records: ProduceRecord[] = [];
    for (const message of messages) {
      const made = outcomeOfRecord(message, partition, this.dialects);
      if (!made) continue;
      const { outcome, value } = encodeFitting(made);
      tally.add(outcome);
      this.#drawn += 1;
      const key = recordKey(made.meta, `${this.run}${this.#drawn.toString(36)}`);
      records.push({ topic, partition, key, value, headers });
    }
    return records;
  }
}
