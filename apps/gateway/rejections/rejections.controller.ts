import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';

import { type Job, jobSchema, rejectionSchema, replaySchema } from '#libs/api';

import { documented, IdempotencyKey, idempotencyHeader } from '../http/document.js';
import { type Asked, listQuerySchema } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { rejectionsList } from './rejections.query.js';
import { Replays } from './replays.js';

const query = listQuerySchema.extend({
  /** Only those of this reason. */
  reason: z.string().optional(),
});

@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class RejectionsController {
  constructor(
    @Inject(ListAnswer) private readonly lists: ListAnswer,
    @Inject(Replays) private readonly replays: Replays,
  ) {}

  @listRoute(
    'rejections',
    'Records that could not be understood, each with its place',
    rejectionSchema,
    query,
  )
  rejections(@AskedFor(query) asked: Asked<z.infer<typeof query>>) {
    return this.lists.answer(rejectionsList(asked.query.reason), asked);
  }

  @Post('rejections/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Try rejected records again',
    description: 'Those named, those of a reason, or all. Those that are understood now become posts.',
  })
  @idempotencyHeader()
  @documented(202, jobSchema, 'Accepted. `Location` names the job.')
  async replay(
    @Param('id') id: string,
    @Body({ schema: replaySchema }) body: z.infer<typeof replaySchema>,
    @IdempotencyKey() key: string | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Job> {
    const { job, location } = await this.replays.accept(id, body, key);
    reply.header('location', location);
    return job;
  }
}
