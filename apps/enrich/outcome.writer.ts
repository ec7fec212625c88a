import { SpanStatusCode } from '@opentelemetry/api';

import { recordKey } from '#libs/events';
import { type Batch, injectTrace, linksFrom, type ProduceRecord } from '#libs/kafka';
import { tracer } from '#libs/runtime';

import { type Dialects } from './dialects.js';
import { encodeFitting } from './encode-outcome.js';
import { type OpenFilling } from './filling.opener.js';
import { noteBatch, OutcomeTally } from './metrics.js';
import { outcomeOfRecord } from './outcome-of-record.js';

/** Appends the outcomes of raw records, partition p to partition p, in their order. */
export class OutcomeWriter {
  #drawn = 0;

  /** @param run the random part of record keys, unique per run of a process; counted up within it. */
  constructor(
    private readonly run: string,
    private readonly dialects?: Dialects,
  ) {}

  /**
   * Resolves when all outcomes are acknowledged: only then may the raw offset move. At once when the topic is dropped,
   * whose raw offsets nobody reads any more.
   */
  write(batch: Batch, { group, topic, producer, dropped }: OpenFilling): Promise<void> {
    const { partition, messages } = batch;
    const attributes = { topic, partition, records: messages.length };
    const options = { attributes, links: linksFrom(messages) };
    return tracer().startActiveSpan('enrich batch', options, async (span) => {
      const began = performance.now();
      try {
        const tally = new OutcomeTally();
        const records = this.#records(batch, topic, tally);
        // The partition has a new owner, who does the same: each record twice would be right, and twice the work.
        if (batch.isStale() || dropped.aborted) return;
        await unless(dropped, producer.append(records));
        if (dropped.aborted) return;
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

/** The work, or nothing as soon as the signal aborts; then it may fail as it likes. */
async function unless(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (abort = resolve));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    if (signal.aborted) work.catch(() => undefined);
  }
}
