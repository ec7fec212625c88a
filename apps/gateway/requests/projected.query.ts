import { type DataSource } from 'typeorm';

import { readLive, type Sql, sqlOf } from '#libs/db';
import { type JobEvent } from '#libs/events';

interface ShownCollection {
  readonly created: boolean;
  readonly deleted: boolean;
  readonly nameAt: Date | null;
}

interface Shown {
  readonly collections: ReadonlyMap<string, ShownCollection>;
  readonly jobs: ReadonlyMap<string, { cancelled: boolean }>;
  readonly rebuilds: ReadonlySet<string>;
}

/** Marks the requests that the live tables show: from then on nobody reads their rows. @returns how many. */
export async function markProjected(dataSource: DataSource): Promise<number> {
  const ids = await readLive(dataSource, async (sql) => {
    const rows = await sql<{ id: string; events: JobEvent[] }>(
      `select id, events from gateway.requests
       where not projected and produced_at is not null order by requested_at limit 1000`,
    );
    if (rows.length === 0) return [];
    const shown = await readShown(
      sql,
      rows.flatMap(({ events }) => events),
    );
    return rows.filter(({ events }) => events.every((event) => isShown(shown, event))).map(({ id }) => id);
  });
  if (ids.length > 0) {
    await sqlOf(dataSource)('update gateway.requests set projected = true where id = any($1)', [ids]);
  }
  return ids.length;
}

/** By primary keys. */
async function readShown(sql: Sql, events: readonly JobEvent[]): Promise<Shown> {
  const subjects = (field: 'collection' | 'job' | 'rebuild') =>
    events.flatMap(({ data }) => (field in data ? [(data as Record<string, unknown>)[field]] : []));
  const collections = await sql<ShownCollection & { id: string }>(
    `select id, created_at is not null as created, delete_requested as deleted, name_at as "nameAt"
     from collections where id = any($1)`,
    [subjects('collection')],
  );
  const jobs = await sql<{ id: string; cancelled: boolean }>(
    `select id, cancel_requested or phase in ('completed', 'failed', 'cancelled') as cancelled
     from jobs where id = any($1)`,
    [subjects('job')],
  );
  const rebuilds = await sql<{ id: string }>('select id from aggregate.rebuilds where id = any($1)', [
    subjects('rebuild'),
  ]);
  return {
    collections: new Map(collections.map((row) => [row.id, row])),
    jobs: new Map(jobs.map((row) => [row.id, row])),
    rebuilds: new Set(rebuilds.map(({ id }) => id)),
  };
}

function isShown(shown: Shown, event: JobEvent): boolean {
  const { data } = event;
  if ('rebuild' in data) return shown.rebuilds.has(data.rebuild);
  const collection = 'collection' in data ? shown.collections.get(data.collection) : undefined;
  if (!('job' in data)) return collection !== undefined && isCollectionShown(collection, event);
  const job = shown.jobs.get(data.job);
  if (event.type === 'JobCancelRequested') return job?.cancelled === true;
  // The rows of a deleted collection go, its jobs with them.
  return job !== undefined || collection?.deleted === true;
}

function isCollectionShown({ created, deleted, nameAt }: ShownCollection, event: JobEvent): boolean {
  if (event.type === 'CollectionCreated') return created;
  if (event.type === 'CollectionDeleteRequested') return deleted;
  return nameAt !== null && nameAt.getTime() >= Date.parse(event.occurredAt);
}
