import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { repostRowSchema } from '#libs/api';

import { type Asked, type ListQuery } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { repostsList } from './reposts.query.js';

@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class RepostsController {
  constructor(@Inject(ListAnswer) private readonly lists: ListAnswer) {}

  @listRoute('reposts', 'Originals by the highest repost count seen', repostRowSchema)
  reposts(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(repostsList, asked);
  }
}
