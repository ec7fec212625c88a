import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { type PostDetail, postDetailSchema, postFilterSchema, postRowSchema } from '#libs/api';
import { topics } from '#libs/events';

import { requireCollection } from '../collections/collections.query.js';
import { documented } from '../http/document.js';
import { type Asked, listQuerySchema } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { Live } from '../http/live.js';
import { notFound } from '../http/problem.js';
import { RAW_LOG } from '../tokens.js';
import { postView } from './post-view.js';
import { postIdsList, postsList, readPost } from './posts.query.js';
import { type RawLog } from './raw-log.js';

const query = postFilterSchema.extend(listQuerySchema.shape);
type Query = z.infer<typeof query>;

@ApiTags('posts')
@Controller('api/v1/collections/:id')
export class PostsController {
  constructor(
    @Inject(ListAnswer) private readonly lists: ListAnswer,
    @Inject(Live) private readonly live: Live,
    @Inject(RAW_LOG) private readonly rawLog: RawLog,
  ) {}

  @listRoute('posts', 'Posts; all filters given must hold', postRowSchema, query)
  posts(@AskedFor(query) asked: Asked<Query>) {
    return this.lists.answer(postsList(postFilterSchema.parse(asked.query)), asked);
  }

  @listRoute('post-ids', 'Ids of posts; as a file one per line', z.string(), query)
  postIds(@AskedFor(query) asked: Asked<Query>) {
    return this.lists.answer(postIdsList(postFilterSchema.parse(asked.query)), asked);
  }

  @Get('posts/:ref')
  @ApiOperation({ summary: 'One post with what the platform sent; `ref` is platform:instance:id, or the id' })
  @documented(200, postDetailSchema)
  async post(@Param('id') id: string, @Param('ref') ref: string): Promise<PostDetail> {
    const post = await this.live.read(async (sql, { pending }) => {
      await requireCollection(sql, id, pending);
      return readPost(sql, id, ref);
    });
    if (!post) throw notFound('post', ref);
    const { partition, offset } = post;
    const record = await this.rawLog.read(topics.raw.name, partition, offset);
    const rawText = record?.value?.toString() ?? '';
    return { ...postView(post), raw: jsonOf(rawText), rawText, rawPlace: { partition, offset } };
  }
}

/** Null where it is no JSON; ids beyond 2^53 are exact in `rawText` only. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
