import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';

import {
  type Page,
  pageOf,
  type PageQuery,
  pageQuerySchema,
  type Rebuild,
  rebuildSchema,
  requestRebuildSchema,
} from '#libs/api';

import { documented, IdempotencyKey, idempotencyHeader } from '../http/document.js';
import { Live } from '../http/live.js';
import { notFound } from '../http/problem.js';
import { type NewEvent, type RequestsEnvironment, RequestsStore } from '../requests/requests.store.js';
import { ENVIRONMENT, REQUESTS, SETTINGS, type Settings } from '../tokens.js';
import { readRebuild, readRebuilds } from './rebuilds.query.js';

interface Wish {
  readonly noun: 'rebuilds' | 'verifications';
  readonly body: unknown;
  readonly key: string | null;
  readonly reply: FastifyReply;
}

@ApiTags('system')
@Controller('api/v1')
export class RebuildsController {
  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(REQUESTS) private readonly requests: RequestsStore,
    @Inject(ENVIRONMENT) private readonly environment: RequestsEnvironment,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post('rebuilds')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Build all tables anew from the log',
    description:
      'Beside the live ones, which go on and are replaced at the end. From raw: every record is read anew.',
  })
  @idempotencyHeader()
  @documented(202, rebuildSchema, 'Accepted. `Location` names the rebuild.')
  rebuild(
    @Body({ schema: requestRebuildSchema }) body: z.infer<typeof requestRebuildSchema>,
    @IdempotencyKey() key: string | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Rebuild> {
    return this.ask({ noun: 'rebuilds', body, key, reply }, (rebuild) => ({
      type: 'RebuildRequested',
      data: { rebuild, from: body.from },
    }));
  }

  @Post('verifications')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Compare the live tables with a replay of the log, and name each key that differs',
  })
  @idempotencyHeader()
  @documented(202, rebuildSchema, 'Accepted. `Location` names the verification.')
  verification(
    @IdempotencyKey() key: string | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Rebuild> {
    return this.ask({ noun: 'verifications', body: null, key, reply }, (rebuild) => ({
      type: 'VerificationRequested',
      data: { rebuild },
    }));
  }

  @Get('rebuilds')
  @ApiOperation({ summary: 'All rebuilds and verifications, newest first' })
  @documented(200, pageOf(rebuildSchema))
  list(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<Page<Rebuild>> {
    return this.live.read((sql, { pending }) => readRebuilds(sql, query, pending));
  }

  @Get('rebuilds/:id')
  @ApiOperation({ summary: 'One rebuild or verification' })
  @documented(200, rebuildSchema)
  one(@Param('id') id: string): Promise<Rebuild> {
    return this.live.read(async (sql, { pending }) => {
      const found = await readRebuild(sql, id, pending);
      if (!found) throw notFound('rebuild', id);
      return found;
    });
  }

  @Get('verifications/:id')
  @ApiOperation({ summary: 'One verification' })
  @documented(200, rebuildSchema)
  async oneVerification(@Param('id') id: string): Promise<Rebuild> {
    const found = await this.one(id);
    if (found.kind !== 'verification') throw notFound('verification', id);
    return found;
  }

  private async ask(wish: Wish, eventOf: (rebuild: string) => NewEvent): Promise<Rebuild> {
    const { noun, body, key, reply } = wish;
    const id = this.environment.newId();
    const { subject } = await this.requests.submit({
      operation: `POST /${noun}`,
      idempotencyKey: key,
      body,
      subject: id,
      events: [eventOf(id)],
    });
    reply.header('location', `${this.settings.publicUrl}/api/v1/${noun}/${subject}`);
    return this.one(subject);
  }
}
