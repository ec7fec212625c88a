import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';

import { type AssignedPartitions } from './assignment.js';
import { type Batch, BatchConsumer, type BatchConsumerOptions } from './batch-consumer.js';
import { type Kafka } from './kafka.js';
import { type PositionStore } from './positions.js';

/** What a handler gets beside the batch (`@Ctx()`). */
export class BatchContext<S = unknown> {
  constructor(
    readonly group: string,
    /** What the app said when it opened the subscription: a generation, for one. */
    readonly subscription: S,
  ) {}
}

export interface SubscribedTopic {
  readonly topic: string;
  /** The handler: `@EventPattern<string>(pattern)`. By default the topic's name. */
  readonly pattern?: string;
  /** Where the handler's store stands; without it, offsets are committed in Kafka. */
  readonly positions?: PositionStore;
}

export interface SubscriptionOptions<S = unknown> extends Pick<
  BatchConsumerOptions,
  'concurrency' | 'fetchSizes' | 'onAssigned' | 'sessionTimeoutMs'
> {
  readonly group: string;
  readonly topics: readonly SubscribedTopic[];
  /** Handed to the handlers as `ctx.subscription`. */
  readonly context: S;
}

export interface Subscription {
  readonly group: string;
  /** The partitions this process has, by topic. */
  readonly assigned: AssignedPartitions;
  /** Resolves when closed, rejects with what ended it (after `onFatal`). */
  readonly closed: Promise<void>;
}

type Handler = NonNullable<ReturnType<Server['getHandlerByPattern']>>;

/**
 * Hands batches of Kafka records to Nest's event handlers. Subscriptions are opened and closed by the app while it
 * runs: a rebuild reads another topic in another group with the same handler.
 *
 * Needs `RethrowFilter` as a global filter: without it Nest replaces a handler's error by a plain object, and nobody
 * could tell a stale batch from a fault.
 */
export class KafkaBatchStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('kafka-batch');
  readonly #subscriptions = new Map<string, BatchConsumer>();

  /** @param onFatal called when a subscription ended by an error: its offsets have not moved, end the process. */
  constructor(
    private readonly kafka: Kafka,
    private readonly onFatal: (error: Error) => void,
  ) {
    super();
  }

  /** Nest is ready: handlers are known from here on. */
  listen(callback: () => void): void {
    callback();
  }

  /** Closes all subscriptions, each after its running handlers. */
  async close(group?: string): Promise<void> {
    const closing = group === undefined ? [...this.#subscriptions.keys()] : [group];
    await Promise.all(
      closing.map(async (name) => {
        const consumer = this.#subscriptions.get(name);
        this.#subscriptions.delete(name);
        await consumer?.stop();
      }),
    );
  }

  /**
   * Joins a group; resolves when the first join is under way (`onAssigned` says when batches come).
   * @throws TypeError when the group is open already or a pattern has no handler.
   */
  async open<S>(options: SubscriptionOptions<S>): Promise<Subscription> {
    const { group, topics, context, ...rest } = options;
    if (this.#subscriptions.has(group)) throw new TypeError(`Group ${group} is open already.`);
    const handlers = new Map(topics.map(({ topic, pattern = topic }) => [topic, this.#handlerOf(pattern)]));
    const ctx = new BatchContext(group, context);
    const consumer = new BatchConsumer(this.kafka, {
      ...rest,
      group,
      topics: topics.map(({ topic, positions }) => ({ topic, positions })),
      handler: async (batch) => {
        const handler = handlers.get(batch.topic);
        if (handler) await run(handler, batch, ctx);
      },
    });
    this.#subscriptions.set(group, consumer);
    consumer.closed.catch((error: Error) => {
      this.#subscriptions.delete(group);
      this.onFatal(error);
    });
    try {
      await consumer.start();
    } catch (error) {
      this.#subscriptions.delete(group);
      throw error;
    }
    return {
      group,
      get assigned() {
        return consumer.assigned;
      },
      closed: consumer.closed,
    };
  }

  on(): never {
    throw new Error('There are no transport events to listen to.');
  }

  unwrap<T>(): T {
    return this.kafka as T;
  }

  #handlerOf(pattern: string): Handler {
    const handler = this.getHandlerByPattern(pattern);
    if (!handler) throw new TypeError(`No handler for ${pattern}.`);
    return handler;
  }
}

/** A failing Nest handler does not reject: it gives an Observable that errors. Not awaited, the offset would move. */
async function run(handler: Handler, batch: Batch, ctx: BatchContext): Promise<void> {
  const result: unknown = await handler(batch, ctx);
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
}
