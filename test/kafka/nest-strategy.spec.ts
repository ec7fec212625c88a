import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type INestMicroservice } from '@nestjs/common';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, type MicroserviceOptions, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';

import { type Batch, type BatchContext, KafkaBatchStrategy, RethrowFilter } from '#libs/kafka';

import { type BrokerUnderTest, brokerUnderTest } from './broker-under-test.js';
import { Fixture, records, valueOf } from './fixture.js';
import { until } from './until.js';

jest.setTimeout(30_000);

class Fault extends Error {}

const handled: string[] = [];

@Controller()
class Handlers {
  @EventPattern<string>('posts')
  fold(@Payload() batch: Batch, @Ctx() ctx: BatchContext<string>): void {
    for (const message of batch.messages) {
      if (valueOf(message) === 'bad') throw new Fault('of the handler');
      handled.push(`${ctx.subscription}: ${valueOf(message)}`);
    }
  }
}

describe('Subscriptions of a Nest app', () => {
  const fatal: Error[] = [];
  let broker: BrokerUnderTest;
  let fixture: Fixture;
  let strategy: KafkaBatchStrategy;
  let app: INestMicroservice;

  beforeAll(async () => {
    broker = await brokerUnderTest();
    fixture = new Fixture(broker.address);
    strategy = new KafkaBatchStrategy(fixture.kafka, (error) => fatal.push(error));
    const module = await Test.createTestingModule({ controllers: [Handlers] }).compile();
    app = module.createNestMicroservice<MicroserviceOptions>({ strategy, logger: false });
    app.useGlobalFilters(new RethrowFilter());
    await app.listen();
  });
  afterAll(async () => {
    await app.close();
    await fixture.close();
    await broker.stop();
  });

  const open = (topic: string, generation: string) =>
    strategy.open({
      group: `${topic}.${generation}`,
      topics: [{ topic, pattern: 'posts' }],
      context: generation,
    });

  it('are opened and closed while it runs, several with one handler, which knows for whom it works', async () => {
    const topic = await fixture.topic();
    const producer = await fixture.producer();
    await producer.append(records(topic, 0, ['one']));
    const live = await open(topic, 'live');
    await until(() => handled.includes('live: one'), 'the live generation has the record');
    await open(topic, 'next');
    await until(() => handled.includes('next: one'), 'the next generation has it too');
    await expect(open(topic, 'next')).rejects.toThrow('is open already');
    await strategy.close(live.group);
    await live.closed;
    await producer.append(records(topic, 0, ['two']));
    await until(() => handled.includes('next: two'), 'the one that is left goes on');
    expect(handled).not.toContain('live: two');
  });

  it("tell of a handler's failure with the very error, and do not move past it", async () => {
    const topic = await fixture.topic();
    const producer = await fixture.producer();
    await producer.append(records(topic, 0, ['bad']));
    const subscription = await open(topic, 'failing');
    await expect(subscription.closed).rejects.toBeInstanceOf(Fault);
    expect(fatal).toEqual([expect.any(Fault)]);
    const [committed] = await fixture.kafka.admin((admin) =>
      admin.fetchOffsets({ groupId: subscription.group, topics: [topic] }),
    );
    expect(committed?.partitions[0]?.offset).toBe('-1');
  });

  it('need a handler', async () => {
    await expect(
      strategy.open({ group: 'g', topics: [{ topic: 'unknown' }], context: null }),
    ).rejects.toThrow('No handler for unknown');
  });
});
