import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { edgeSchema } from '#libs/api';

import { type Asked, type ListQuery } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { edgesList } from './edges.query.js';

@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class EdgesController {
  constructor(@Inject(ListAnswer) private readonly lists: ListAnswer) {}

  @listRoute('edges/hashtags', 'Who used which hashtag; the file has one row per occurrence', edgeSchema)
  hashtags(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(edgesList('hashtags'), asked);
  }

  @listRoute('edges/mentions', 'Who mentioned whom; the file has one row per occurrence', edgeSchema)
  mentions(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(edgesList('mentions'), asked);
  }
}
