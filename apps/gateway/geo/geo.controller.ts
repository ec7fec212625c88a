import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { geoRowSchema } from '#libs/api';

import { type Asked, type ListQuery } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { geoList } from './geo.query.js';

@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class GeoController {
  constructor(@Inject(ListAnswer) private readonly lists: ListAnswer) {}

  @listRoute('geo', 'Located posts; `exact` is false for the centre of a place', geoRowSchema)
  geo(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(geoList, asked);
  }
}
