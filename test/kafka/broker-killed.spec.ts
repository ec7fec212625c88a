import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';

import { env } from '#libs/runtime';

const MAIN = join(process.cwd(), 'dist/apps/broker/main.js');
const PARTITIONS = 3;

const kills = Number(env.CHAOS_KILLS ?? 3);

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<void>;
}

let folder: string;
let broker: Running;

async function start(port: number): Promise<Running> {
  const settings = { BROKER_DATA: folder, BROKER_PORT: String(port) };
  const child = fork(MAIN, { env: { ...env, ...settings }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<{ port: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number }));
    child.once('exit', (code) =>
      reject(new Error(`The broker ended with ${code} instead of getting ready.`)),
    );
  });
  return { child, port: (await ready).port, ended };
}

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
  folder = await mkdtemp(join(tmpdir(), 'broker-killed-'));
  broker = await start(0);
});

afterAll(async () => {
  broker.child.kill('SIGTERM');
  await broker.ended;
  await rm(folder, { recursive: true });
});

describe('a broker that is killed under load', () => {
  it('has every acknowledged record once and in order, for an idempotent producer that sends again', async () => {
    const brokers = [`127.0.0.1:${broker.port}`];
    const retry = { initialRetryTime: 20, maxRetryTime: 200, retries: 100 };
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'numbers', numPartitions: PARTITIONS, replicationFactor: 1 }],
    });
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
    await producer.connect();

    let killing = true;
    let sent = 0;
    const produceAll = async () => {
      while (killing) {
        const messages = Array.from({ length: 30 }, (_, at) => ({
          partition: at % PARTITIONS,
          value: `${sent + at} ${'x'.repeat(1000)}`,
        }));
        await producer.send({ topic: 'numbers', messages });
        sent += messages.length;
      }
    };
    const producing = produceAll();
    for (let kill = 0; kill < kills; kill += 1) {
      const before = sent;
      while (sent < before + 300) await new Promise(setImmediate);
      broker.child.kill('SIGKILL');
      await broker.ended;
      broker = await start(broker.port);
    }
    killing = false;
    await producing;

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
    for (const [partition, numbers] of found.entries()) {
      const all = Array.from({ length: sent / PARTITIONS }, (_, at) => at * PARTITIONS + partition);
      expect(numbers).toEqual(all);
    }
  }, 60_000);

  it('ends cleanly when its parent goes away', async () => {
    broker.child.disconnect();
    await broker.ended;
    expect(broker.child.exitCode).toBe(0);
    broker = await start(0);
  });

  it('says in one sentence why it does not start on a folder in use', async () => {
    await expect(start(0)).rejects.toThrow('ended with 1');
  });
});
