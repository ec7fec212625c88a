import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type z } from 'zod';

import { invalid } from './problem.js';

/** The answer of a route that goes well, for the OpenAPI document; problems are the same everywhere. */
export const documented = (status: number, schema: z.ZodType, description = '') =>
  ApiResponse({ status, description, standardSchema: schema });

const LONGEST_KEY = 255;

/** The request's `Idempotency-Key`, null without one. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | null => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY) {
    throw invalid('Idempotency-Key', `must have 1 to ${LONGEST_KEY} characters`);
  }
  return key;
});

export const idempotencyHeader = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any text of your own. The same key with the same request does nothing again and gives the same answer; ' +
        'with another request it is a 422.',
    }),
  );
