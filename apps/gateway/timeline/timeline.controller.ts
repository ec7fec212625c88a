import { type Readable } from 'node:stream';

import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { buckets, postFilterSchema, type Timeline, timelineSchema } from '#libs/api';
import { type Sql } from '#libs/db';

import { requireCollection } from '../collections/collections.query.js';
import { type Asked, FILES, listQuerySchema, wantedFormat } from '../http/list-query.js';
import { AskedFor, collectionRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { Live } from '../http/live.js';
import { readTimeline, readTimelineOf } from './timeline.query.js';

const query = postFilterSchema.extend({ ...listQuerySchema.shape, bucket: z.enum(buckets).default('hour') });
type Query = z.infer<typeof query>;

/** Filters that choose no posts. */
const neutral: ReadonlySet<string> = new Set(['order']);

@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class TimelineController {
  constructor(
    @Inject(ListAnswer) private readonly lists: ListAnswer,
    @Inject(Live) private readonly live: Live,
  ) {}

  @collectionRoute({
    path: 'timeline',
    summary: 'Posts over time, by their own time',
    description: `Of all posts, or of those that the filters mean. ${FILES}`,
    answer: timelineSchema,
    query: query.omit({ limit: true, cursor: true, order: true }),
  })
  async timeline(@AskedFor(query) asked: Asked<Query>): Promise<Timeline | Readable> {
    const { bucket } = asked.query;
    const read = (sql: Sql, collection: string) => readBins(sql, collection, asked.query);
    if (wantedFormat(asked.request.headers.accept) === 'json') {
      return this.live.read(async (sql, { pending }) => {
        await requireCollection(sql, asked.collection, pending);
        return { bucket, items: await read(sql, asked.collection) };
      });
    }
    return this.lists.file(
      {
        file: `timeline-${bucket}`,
        columns: ['time', 'count'],
        async *records(sql, collection) {
          yield (await read(sql, collection)).map(({ at, count }) => [at, count]);
        },
      },
      asked,
    );
  }
}

async function readBins(
  sql: Sql,
  collection: string,
  { bucket, ...rest }: Query,
): Promise<Timeline['items']> {
  const filter = postFilterSchema.parse(rest);
  const isFiltered = Object.keys(filter).some((name) => !neutral.has(name));
  return isFiltered
    ? readTimelineOf(sql, collection, { bucket, filter })
    : readTimeline(sql, collection, bucket);
}
