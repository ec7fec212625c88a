import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { authorRowSchema, authorSorts } from '#libs/api';

import { type Asked, listQuerySchema } from '../http/list-query.js';
import { AskedFor, listRoute } from '../http/list-route.js';
import { ListAnswer } from '../http/list.js';
import { authorsList } from './authors.query.js';

const query = listQuerySchema.extend({ sort: z.enum(authorSorts).default('posts') });

@ApiTags('collections')
@Controller('api/v1/collections/:id')
export class AuthorsController {
  constructor(@Inject(ListAnswer) private readonly lists: ListAnswer) {}

  @listRoute('authors', 'Who wrote how much, and who follows them', authorRowSchema, query)
  authors(@AskedFor(query) asked: Asked<z.infer<typeof query>>) {
    return this.lists.answer(authorsList(asked.query.sort), asked);
  }
}
