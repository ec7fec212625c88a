import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import {
  type Collection,
  collectionSchema,
  type Page,
  pageOf,
  type PageQuery,
  pageQuerySchema,
  renameCollectionSchema,
} from '#libs/api';
import { type Sql } from '#libs/db';

import { documented, IdempotencyKey, idempotencyHeader } from '../http/document.js';
import { Live, type LiveContext } from '../http/live.js';
import { notFound, ProblemError } from '../http/problem.js';
import { storable } from '../http/storable.js';
import { RequestsStore } from '../requests/requests.store.js';
import { REQUESTS } from '../tokens.js';
import { readCollections, requireCollection, withNumbers } from './collections.query.js';

@ApiTags('collections')
@Controller('api/v1/collections')
export class CollectionsController {
  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(REQUESTS) private readonly requests: RequestsStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All collections with their totals, newest first' })
  @documented(200, pageOf(collectionSchema))
  list(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<Page<Collection>> {
    return this.live.read((sql, context) => readCollections(sql, query, context));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One collection with its totals' })
  @documented(200, collectionSchema)
  one(@Param('id') id: string): Promise<Collection> {
    return this.live.read((sql, context) => readOne(sql, id, context));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename a collection' })
  @idempotencyHeader()
  @documented(200, collectionSchema)
  async rename(
    @Param('id') id: string,
    @Body({ schema: renameCollectionSchema }) body: z.infer<typeof renameCollectionSchema>,
    @IdempotencyKey() idempotencyKey: string | null,
  ): Promise<Collection> {
    await this.one(id);
    const name = storable(body.name);
    await this.requests.submit({
      operation: `PATCH /collections/${id}`,
      idempotencyKey,
      body: { name },
      subject: id,
      events: [{ type: 'CollectionRenamed', data: { collection: id, name } }],
    });
    return this.one(id);
  }

  @Delete(':id')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Delete a collection',
    description:
      'It is no longer shown from now on; its rows go in the background. Its bytes stay in the log for now.',
  })
  @idempotencyHeader()
  @ApiResponse({ status: 202, description: 'Asked for.' })
  async remove(@Param('id') id: string, @IdempotencyKey() idempotencyKey: string | null): Promise<void> {
    const isGone = await this.live
      .read((sql, { pending }) => requireCollection(sql, id, pending))
      .then(() => false, deletedBefore);
    if (isGone) return;
    await this.requests.submit({
      operation: `DELETE /collections/${id}`,
      idempotencyKey,
      body: null,
      subject: id,
      events: [{ type: 'CollectionDeleteRequested', data: { collection: id } }],
    });
  }
}

async function readOne(sql: Sql, id: string, context: LiveContext): Promise<Collection> {
  const head = await requireCollection(sql, id, context.pending);
  const [collection] = await withNumbers(sql, [head], context);
  if (!collection) throw notFound('collection', id);
  return collection;
}

/** Deleting twice is no fault: the second answer may be all that the asker gets to see. */
function deletedBefore(error: unknown): true {
  if (error instanceof ProblemError && error.status === 410) return true;
  throw error;
}
