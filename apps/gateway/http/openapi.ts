import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

import { problemSchema, submitJobSchema } from '#libs/api';

import { type Settings } from '../tokens.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Documentation at /api/docs, the document itself at /api/openapi.json. */
export function documentApi(app: NestFastifyApplication, { version, publicUrl }: Settings): void {
  const builder = new DocumentBuilder()
    .setTitle('Murmuration')
    .setDescription(
      'Collects posts as events, keeps every summary of them live, and can prove it by replaying the events. ' +
        'Ids are strings, times ISO 8601 UTC. Lists are complete: go on with `cursor` until `next` is null.',
    )
    .setVersion(version)
    .addServer(publicUrl === '' ? '/' : publicUrl)
    .addBearerAuth();
  SwaggerModule.setup('api/docs', app, () => completed(SwaggerModule.createDocument(app, builder.build())), {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Murmuration: API',
  });
}

/** Adds what holds for every route: how a problem looks, which lists come as files, what an upload is. */
function completed(document: OpenAPIObject): OpenAPIObject {
  const components = (document.components ??= {});
  const schemas: Schemas = (components.schemas ??= {});
  schemas.Problem = jsonSchema(problemSchema, 'output');
  schemas.SubmitJob = jsonSchema(submitJobSchema, 'input');
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation) completeOperation(path, operation);
    }
  }
  const submit = document.paths['/api/v1/jobs']?.post;
  if (submit) submit.requestBody = submission;
  // Without a body everything has its default.
  const rebuild = document.paths['/api/v1/rebuilds']?.post?.requestBody;
  if (rebuild && 'content' in rebuild) rebuild.required = false;
  return document;
}

function completeOperation(path: string, operation: Operation): void {
  operation.responses.default = {
    description: 'Anything else is a problem (RFC 9457).',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  const answer = operation.responses['200'];
  if (!path.startsWith('/api/v1/collections/{id}/') || !answer || '$ref' in answer) return;
  if (operation.description?.includes('text/csv') !== true) return;
  answer.content = { ...answer.content, 'text/csv': { schema: { type: 'string' } } };
}

const submission: Operation['requestBody'] = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['file'],
        properties: {
          file: {
            type: 'array',
            items: { type: 'string', format: 'binary' },
            description: 'Once per file. Read one after the other, in byte order of their paths.',
          },
          collection: {
            type: 'string',
            description: 'Id of the collection to feed; without it one is made.',
          },
          name: { type: 'string', description: 'Name of the new collection.' },
        },
      },
    },
    'application/json': { schema: { $ref: '#/components/schemas/SubmitJob' } },
  },
};

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schemas[string] {
  const { id: _, $schema: __, ...plain } = z.toJSONSchema(schema, { io, target: 'openapi-3.0' });
  return plain as Schemas[string];
}
