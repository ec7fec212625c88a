import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { type Status, statusSchema } from '#libs/api';

import { documented } from '../http/document.js';
import { Live } from '../http/live.js';
import { type RequestsEnvironment } from '../requests/requests.store.js';
import { ENVIRONMENT, SETTINGS, type Settings } from '../tokens.js';
import { StatusSampler } from './status-sampler.js';
import { readPosts, readRecords, readShownIds } from './status.query.js';

@ApiTags('system')
@Controller('api/v1/status')
export class StatusController {
  constructor(
    @Inject(Live) private readonly live: Live,
    @Inject(StatusSampler) private readonly sampler: StatusSampler,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(ENVIRONMENT) private readonly environment: RequestsEnvironment,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What the whole system does right now' })
  @documented(200, statusSchema)
  status(): Promise<Status> {
    return this.live.read(async (sql, { generation, pending }) => {
      const ids = new Set([...(await readShownIds(sql)), ...pending.collections.keys()]);
      const posts = await readPosts(sql);
      return {
        version: this.settings.version,
        url: this.settings.url(),
        generation,
        collections: [...ids].filter((id) => !pending.deleted.has(id)).length,
        posts,
        postsLastMinute: this.sampler.lastMinute(posts),
        ...(await readRecords(sql)),
        now: this.environment.now().toISOString(),
      };
    });
  }
}
