import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';

import { type Job, jobSchema, type Page, pageOf, pageQuerySchema } from '#libs/api';
import { hasEnded } from '#libs/events';

import { documented, IdempotencyKey, idempotencyHeader } from '../http/document.js';
import { Live } from '../http/live.js';
import { notFound, ProblemError } from '../http/problem.js';
import { RequestsStore } from '../requests/requests.store.js';
import { REQUESTS, SETTINGS, type Settings } from '../tokens.js';
import { jobView } from './job-view.js';
import { readJob, readJobs } from './jobs.query.js';
import { Submissions } from './submissions.js';

const listQuery = pageQuerySchema.extend({
  /** Only the jobs of this collection. */
  collection: z.string().optional(),
});

@ApiTags('jobs')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(REQUESTS) private readonly requests: RequestsStore,
    @Inject(Submissions) private readonly submissions: Submissions,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Import files, or play in made-up posts',
    description:
      'Files go as multipart/form-data, one field `file` per file, of any size; other kinds of jobs as JSON. ' +
      'Without a collection one is made. The answer comes when everything is on disk; counting goes on behind it.',
  })
  @ApiConsumes('multipart/form-data', 'application/json')
  @ApiBody({ schema: { $ref: '#/components/schemas/SubmitJob' } })
  @idempotencyHeader()
  @documented(202, jobSchema, 'Accepted. `Location` names the job.')
  async submit(
    @Req() request: FastifyRequest,
    @IdempotencyKey() key: string | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Job> {
    const id = await this.submissions.accept(await this.submissions.read(request), key);
    reply.header('location', `${this.settings.publicUrl}/api/v1/jobs/${id}`);
    return this.one(id);
  }

  @Get()
  @ApiOperation({ summary: 'All jobs, newest first' })
  @documented(200, pageOf(jobSchema))
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>): Promise<Page<Job>> {
    return this.live.read((sql, context) => readJobs(sql, query, context));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One job: where it stands, stage by stage' })
  @documented(200, jobSchema)
  one(@Param('id') id: string): Promise<Job> {
    return this.live.read(async (sql, { pending, offsets }) => {
      const facts = await readJob(sql, id, pending);
      if (!facts) throw notFound('job', id);
      return jobView(facts, offsets);
    });
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop a job; what it has read stays counted' })
  @idempotencyHeader()
  @documented(202, jobSchema, 'Asked for. The job says when it has stopped.')
  async cancel(@Param('id') id: string, @IdempotencyKey() key: string | null): Promise<Job> {
    const state = await this.live.read(async (sql, { pending }) => (await readJob(sql, id, pending))?.state);
    if (!state) throw notFound('job', id);
    if (hasEnded(state)) {
      throw new ProblemError(
        409,
        'The job has ended',
        `The job "${id}" is ${state.phase === 'completed' ? 'read to its end' : state.phase} and cannot be cancelled.`,
      );
    }
    if (!state.cancelRequested) {
      await this.requests.submit({
        operation: `POST /jobs/${id}/cancel`,
        idempotencyKey: key,
        body: null,
        subject: id,
        events: [{ type: 'JobCancelRequested', data: { job: id } }],
      });
    }
    return this.one(id);
  }
}
