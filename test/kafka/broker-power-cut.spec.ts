import { describe, expect, it } from '@jest/globals';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';

import { env } from '#libs/runtime';

import { type Broker, startBroker } from '../../apps/broker/broker.js';
import { VolatileDisk, seeded } from '../../apps/broker/log/volatile-disk.js';

const PARTITIONS = 3;

const seed = Number(env.CHAOS_SEED ?? Date.now() % 100_000);
const cuts = Number(env.CHAOS_KILLS ?? 3);

/** A broker whose machine loses its power, and everything that it had not synced. */
class Machine {
  readonly random = seeded(seed);
  readonly disk = new VolatileDisk(this.random);
  broker: Broker | undefined;

  async start(port = 0): Promise<number> {
    const files = this.disk.session();
    // What a failed disk does to a process, its end, is `cut` here.
    this.broker = await startBroker({
      dataDir: 'data',
      port,
      files,
      segmentBytes: 100_000,
      onFailure: () => undefined,
    });
    await files.syncFolder('');
    return this.broker.port;
  }

  async cut(): Promise<void> {
    this.disk.cut();
    // Its last words reach no disk any more.
    await this.broker?.stop().catch(() => undefined);
  }
}

describe(`a broker whose power is cut under load (CHAOS_SEED=${seed} repeats it)`, () => {
  it('has every acknowledged record once and in order, and every committed offset', async () => {
    const machine = new Machine();
    const port = await machine.start();
    const retry = { initialRetryTime: 20, maxRetryTime: 200, retries: 100 };
    const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'numbers', numPartitions: PARTITIONS, replicationFactor: 1 }],
    });
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
    await producer.connect();

    const offsetsOf = async (groupId: string) => {
      const [read] = await admin.fetchOffsets({ groupId, topics: ['numbers'] });
      return read?.partitions;
    };
    const commitSome = async (groupId: string) => {
      const consumer = kafka.consumer({ groupId });
      await consumer.connect();
      await consumer.subscribe({ topic: 'numbers', fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer.run({ eachMessage: async () => resolve() }).catch(reject);
      });
      await consumer.disconnect();
      return offsetsOf(groupId);
    };

    const committed: unknown[] = [];
    let cutting = true;
    let sent = 0;
    const produceAll = async () => {
      while (cutting) {
        const messages = Array.from({ length: 30 }, (_, at) => ({
          partition: at % PARTITIONS,
          value: `${sent + at} ${'x'.repeat(Math.floor(machine.random() * 1_000))}`,
        }));
        await producer.send({ topic: 'numbers', messages });
        sent += messages.length;
      }
    };
    const producing = produceAll();
    for (let cut = 0; cut < cuts; cut += 1) {
      const until = sent + 30 + Math.floor(machine.random() * 600);
      while (sent < until) await new Promise(setImmediate);
      committed.push(await commitSome(`group-${cut}`));
      await machine.cut();
      await machine.start(port);
    }
    cutting = false;
    await producing;

    for (const [cut, offsets] of committed.entries())
      expect(await offsetsOf(`group-${cut}`)).toEqual(offsets);
    expect(JSON.stringify(committed)).toMatch(/"offset":"[1-9]/);
    const found: number[][] = Array.from({ length: PARTITIONS }, () => []);
    const consumer = kafka.consumer({ groupId: 'reader' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'numbers', fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachBatch = async ({ batch }: EachBatchPayload) => {
        for (const { value } of batch.messages)
          found[batch.partition]?.push(Number.parseInt(String(value), 10));
        if (found.flat().length >= sent) resolve();
      };
      consumer.run({ eachBatch }).catch(reject);
    });
    await consumer.disconnect();
    await Promise.all([producer.disconnect(), admin.disconnect()]);
    await machine.broker?.stop();
    for (const [partition, numbers] of found.entries()) {
      expect(numbers).toEqual(
        Array.from({ length: sent / PARTITIONS }, (_, at) => at * PARTITIONS + partition),
      );
    }
  }, 60_000);
});
