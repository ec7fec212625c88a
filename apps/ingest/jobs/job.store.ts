import { type DataSource } from 'typeorm';

import { type Sql, sqlOf, transaction } from '#libs/db';
import { evolveJob, type JobEvent, type JobState, type Origin, hasEnded } from '#libs/events';
import { StaleBatchError } from '#libs/kafka';

export interface CollectionState {
  readonly created: boolean;
  readonly origin: Origin | null;
  readonly deleteRequested: boolean;
}

export interface EventBatch {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first record and the one after the last. */
  readonly from: number;
  readonly next: number;
  readonly events: readonly JobEvent[];
}

/** ingest's fold of job events in Postgres: rows and offset commit together. */
export class JobStore {
  readonly #sql: Sql;

  constructor(private readonly db: DataSource) {
    this.#sql = sqlOf(db);
  }

  /** Next offset per partition, null where nothing was folded yet. */
  async nextOffsets(topic: string, partitions: readonly number[]): Promise<Map<number, number | null>> {
    const rows = await this.#sql<{ partition: number; next: number }>(
      'select partition, next from ingest.offsets where topic = $1 and partition = any($2)',
      [topic, partitions],
    );
    const next = new Map(rows.map((row) => [row.partition, row.next]));
    return new Map(partitions.map((partition) => [partition, next.get(partition) ?? null]));
  }

  /** @throws StaleBatchError when the stored offset is not where the batch begins. */
  async fold(batch: EventBatch): Promise<void> {
    await transaction(this.db, {}, async (sql) => {
      await advance(sql, batch);
      for (const event of batch.events) await foldEvent(sql, event);
    });
  }

  async job(job: string): Promise<JobState | null> {
    const rows = await this.#sql<{ state: JobState }>('select state from ingest.jobs where job = $1', [job]);
    return rows[0]?.state ?? null;
  }

  async collection(collection: string): Promise<CollectionState | null> {
    const rows = await this.#sql<{ created: boolean; origin: Origin | null; delete_requested: boolean }>(
      'select created, origin, delete_requested from ingest.collections where collection = $1',
      [collection],
    );
    const row = rows[0];
    return row ? { created: row.created, origin: row.origin, deleteRequested: row.delete_requested } : null;
  }

  /** Jobs of a collection that have not ended. */
  async openJobs(collection: string): Promise<string[]> {
    const rows = await this.#sql<{ job: string }>(
      'select job from ingest.jobs where collection = $1 and not ended',
      [collection],
    );
    return rows.map((row) => row.job);
  }

  /** Collections whose deletion was asked for and is not in the raw log yet. */
  async collectionsToDelete(): Promise<string[]> {
    const rows = await this.#sql<{ collection: string }>(
      'select collection from ingest.collections where delete_requested and not delete_marked order by collection limit 10',
    );
    return rows.map((row) => row.collection);
  }

  async deletionMarked(collection: string): Promise<void> {
    await this.#sql('update ingest.collections set delete_marked = true where collection = $1', [collection]);
  }
}

async function advance(sql: Sql, { topic, partition, from, next }: EventBatch): Promise<void> {
  await sql('insert into ingest.offsets (topic, partition, next) values ($1, $2, 0) on conflict do nothing', [
    topic,
    partition,
  ]);
  const rows = await sql<{ next: number }>(
    'select next from ingest.offsets where topic = $1 and partition = $2 for update',
    [topic, partition],
  );
  const stored = rows[0]?.next ?? 0;
  if (stored > from)
    throw new StaleBatchError(`${topic}/${partition}: batch at ${from}, folded up to ${stored}`);
  await sql('update ingest.offsets set next = $3 where topic = $1 and partition = $2', [
    topic,
    partition,
    next,
  ]);
}

async function foldEvent(sql: Sql, event: JobEvent): Promise<void> {
  switch (event.type) {
    case 'CollectionCreated':
      return upsertCollection(sql, event.data.collection, { created: true, origin: event.data.origin });
    case 'CollectionOriginDecided':
      return upsertCollection(sql, event.data.collection, { origin: event.data.origin });
    case 'CollectionDeleteRequested':
      return upsertCollection(sql, event.data.collection, { deleteRequested: true });
    default:
      return 'job' in event.data ? foldJob(sql, event.data.job, event) : undefined;
  }
}

/** Origins: the first one told stays. Flags only ever rise. So the order of events of one collection is of no account. */
async function upsertCollection(sql: Sql, collection: string, told: Partial<CollectionState>): Promise<void> {
  await sql(
    `insert into ingest.collections as c (collection, created, origin, delete_requested) values ($1, $2, $3, $4)
     on conflict (collection) do update set
       created = c.created or excluded.created,
       origin = coalesce(c.origin, excluded.origin),
       delete_requested = c.delete_requested or excluded.delete_requested`,
    [collection, told.created ?? false, told.origin ?? null, told.deleteRequested ?? false],
  );
}

async function foldJob(sql: Sql, job: string, event: JobEvent): Promise<void> {
  const rows = await sql<{ state: JobState }>('select state from ingest.jobs where job = $1 for update', [
    job,
  ]);
  const before = rows[0]?.state ?? null;
  const after = evolveJob(before, event);
  if (!after || after === before) return;
  await sql(
    `insert into ingest.jobs (job, collection, ended, state) values ($1, $2, $3, $4)
     on conflict (job) do update set ended = excluded.ended, state = excluded.state`,
    [job, after.collection, hasEnded(after), after],
  );
}
