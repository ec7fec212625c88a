import { type DataSource } from 'typeorm';

import { type DatabaseOptions, transaction, withAdvisoryLock } from '#libs/db';
import { isLogStarted, type JobEvent, parseJobEvent, topics } from '#libs/events';
import { type LogReader } from '#libs/kafka';

import { type GenerationStore } from './generation-store.js';
import { indexPosts, makeGeneration } from './make-generation.js';

/**
 * Makes the first generation of a database, live from the start. Where the log is older than the tables, it goes on with
 * the enriched topic that the last rebuild switched to.
 */
export async function makeFirstGeneration(
  store: GenerationStore,
  database: DatabaseOptions,
  reader: LogReader,
): Promise<void> {
  await withAdvisoryLock(store.dataSource, 'aggregate first generation', async () => {
    const [first] = await store.all();
    if (first && first.state !== 'creating') return;
    const { topic, generation: last } = await lastSwitched(reader);
    const made = first ?? (await store.add(topic, false, null));
    // Numbers are not used twice: the log still speaks of the generations before.
    const generation = Math.max(made.generation, last + 1);
    await makeGeneration(store.dataSource, database, {
      generation,
      enriched: { topic, partitions: (await reader.offsets(topic)).length },
      events: { partitions: (await reader.offsets(topics.jobs.name)).length },
    });
    await indexPosts(store.dataSource, generation);
    await goLive(store.dataSource, made.generation, generation);
  });
}

async function goLive(dataSource: DataSource, made: number, generation: number): Promise<void> {
  await transaction(dataSource, {}, async (sql) => {
    await sql(`update aggregate.generations set generation = $2, state = 'live' where generation = $1`, [
      made,
      generation,
    ]);
    await sql('insert into aggregate.pointer (generation) values ($1)', [generation]);
  });
}

async function lastSwitched(reader: LogReader): Promise<{ topic: string; generation: number }> {
  const topicOf = new Map<number, string>();
  let switched = 0;
  let highest = 0;
  for await (const { messages } of reader.readAll(topics.jobs.name)) {
    for (const { key, value } of messages) {
      if (value === null || isLogStarted(key)) continue;
      const event: JobEvent = parseJobEvent(value);
      if (event.type === 'GenerationStarted') topicOf.set(event.data.generation, event.data.enriched);
      if (event.type === 'GenerationSwitched') switched = Math.max(switched, event.data.generation);
      if ('generation' in event.data) highest = Math.max(highest, event.data.generation);
    }
  }
  return { topic: topicOf.get(switched) ?? topics.enriched.name, generation: highest };
}
