import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { env } from '#libs/runtime';

import { startBroker } from '../../apps/broker/broker.js';

export interface BrokerUnderTest {
  readonly address: string;
  stop(): Promise<void>;
}

/** Apache Kafka where `TEST_KAFKA_BROKERS` names one (a single node), else the embedded broker in this process. */
export async function brokerUnderTest(): Promise<BrokerUnderTest> {
  const external = env.TEST_KAFKA_BROKERS;
  if (external) return { address: external, stop: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'murmuration-contract-'));
  const broker = await startBroker({ dataDir: folder });
  return {
    address: `127.0.0.1:${broker.port}`,
    stop: async () => {
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
