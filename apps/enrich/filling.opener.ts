import { topics } from '#libs/events';
import { ensureTopics, type Kafka, type KafkaBatchStrategy, Producer, type TopicOptions } from '#libs/kafka';
import { type Logger } from '#libs/runtime';

import { type Filling } from './generations.js';
import { forgetLags } from './metrics.js';

/** A filling that is being worked on. */
export interface OpenFilling extends Filling {
  /** Its own: what one topic has to wait for never holds another up. */
  readonly producer: Producer;
  /** Aborted when nobody wants the topic any more; it may be gone. */
  readonly dropped: AbortSignal;
}

export interface OpenerParts {
  readonly kafka: Kafka;
  readonly strategy: KafkaBatchStrategy;
  readonly topicOptions: TopicOptions;
  /** Partitions of a filling worked on at the same time. */
  readonly concurrency: number;
  readonly onAssigned: () => void;
  readonly onFatal: (error: unknown) => void;
  readonly logger: Logger;
}

/** Begins and ends the filling of topics: topic, producer, subscription. */
export class FillingOpener {
  readonly #open = new Map<string, { readonly producer: Producer; readonly drop: AbortController }>();

  constructor(private readonly parts: OpenerParts) {}

  async open(filling: Filling): Promise<void> {
    const { kafka, strategy, topicOptions, concurrency, onAssigned, onFatal, logger } = this.parts;
    const { group, topic } = filling;
    await ensureTopics(kafka, [{ ...topics.enriched, name: topic }], topicOptions);
    const drop = new AbortController();
    const producer = new Producer(kafka, {
      onFatal: (error) => {
        if (!drop.signal.aborted) onFatal(error);
      },
    });
    await producer.open();
    this.#open.set(group, { producer, drop });
    await strategy.open<OpenFilling>({
      group,
      topics: [{ topic: topics.raw.name }],
      context: { ...filling, producer, dropped: drop.signal },
      concurrency,
      onAssigned: () => {
        forgetLags(group);
        onAssigned();
      },
    });
    logger.info(filling, 'filling');
  }

  /** For a topic that was dropped: what was still on its way there is given up. */
  async close(filling: Filling): Promise<void> {
    const { strategy, logger } = this.parts;
    const opened = this.#open.get(filling.group);
    opened?.drop.abort();
    await strategy.close(filling.group);
    this.#open.delete(filling.group);
    forgetLags(filling.group);
    // Not awaited: a send to a topic that is gone is tried for a while, and its end interests nobody.
    opened?.producer
      .close()
      .catch((err: unknown) => logger.debug({ err, ...filling }, 'producer closed late'));
    logger.info(filling, 'no longer filling');
  }

  /** Sends what is on its way. The subscriptions are closed before. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ producer }) => producer.close()));
  }
}
