import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { countSchema } from '#libs/api';

import { type Asked, type ListQuery } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { countsList } from './counts.query.js';

/** One route for each list, so that each has its own words in the documentation. */
@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class CountsController {
  constructor(@Inject(ListAnswer) private readonly lists: ListAnswer) {}

  @listRoute('hashtags', 'Hashtags, counted in lower case', countSchema)
  hashtags(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('hashtags'), asked);
  }

  @listRoute('mentions', 'Mentioned accounts, counted in lower case', countSchema)
  mentions(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('mentions'), asked);
  }

  @listRoute('urls', 'Links, as the platform expands them', countSchema)
  urls(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('urls'), asked);
  }

  @listRoute('domains', 'Authorities of the links', countSchema)
  domains(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('domains'), asked);
  }

  @listRoute('media', 'Photos, videos and GIFs, each with its type', countSchema)
  media(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('media'), asked);
  }

  @listRoute('languages', 'Languages, in the platform’s own codes', countSchema)
  languages(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('languages'), asked);
  }

  @listRoute('sources', 'Clients that the posts were written with', countSchema)
  sources(@AskedFor() asked: Asked<ListQuery>) {
    return this.lists.answer(countsList('sources'), asked);
  }
}
