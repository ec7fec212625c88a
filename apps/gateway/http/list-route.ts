import { applyDecorators, createParamDecorator, type ExecutionContext, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';

import { pageOf } from '#libs/api';

import { documented } from './document.js';
import { type Asked, FILES, listQuerySchema } from './list-query.js';

/** The parameter of a route that `collectionRoute` or `listRoute` declares; to be given the same schema. */
export const AskedFor = (schema: z.ZodType = listQuerySchema): ParameterDecorator =>
  // The schema is closed over: what is given to the decorator itself Nest takes for pipes.
  createParamDecorator((_: unknown, context: ExecutionContext): Asked<unknown> => {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest<{ Params: { id: string } }>>();
    return {
      collection: request.params.id,
      query: schema.parse(request.query),
      request,
      reply: http.getResponse<FastifyReply>(),
    };
  })();

interface Route {
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly answer: z.ZodType;
  readonly query?: z.ZodType;
}

/** `GET /api/v1/collections/{id}/<path>`. */
export const collectionRoute = ({ path, summary, description = '', answer, query }: Route) =>
  applyDecorators(
    Get(path),
    ApiOperation({ summary, description }),
    ApiParam({ name: 'id', description: 'Id of the collection.', schema: { type: 'string' } }),
    ...(query ? queryParameters(query) : []),
    documented(200, answer),
  );

/** The same for a list: pages of `item`, or a file. */
export const listRoute = (
  path: string,
  summary: string,
  item: z.ZodType,
  query: z.ZodType = listQuerySchema,
) =>
  collectionRoute({
    path,
    summary,
    description: `Complete, page by page. ${FILES}`,
    answer: pageOf(item),
    query,
  });

function queryParameters(query: z.ZodType) {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', target: 'openapi-3.0' });
  return Object.entries(properties).map(([name, schema]) =>
    ApiQuery({ name, required: false, schema: schema as object }),
  );
}
