import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawRequestDefaultExpression,
} from 'fastify';

import { nestLogger } from '#libs/runtime';

import { GatewayModule, type GatewayParts } from './gateway.module.js';
import { type Access, guard } from './http/harden.js';
import { measure } from './http/measure.js';
import { documentApi } from './http/openapi.js';
import { secure, servePage } from './http/page.js';
import { problemOf, ProblemFilter, sendProblem } from './http/problem.filter.js';
import { ProblemError } from './http/problem.js';
import { SchemaPipe } from './http/schema.pipe.js';

const LONGEST_ID = 300;
/** JSON; files are streamed, whatever their length. */
const LARGEST_BODY = 1024 * 1024;

export interface GatewayOptions {
  readonly access: Access;
  /** Folder of the built page. */
  readonly page: string;
}

/** The gateway, ready to listen. */
export async function createGateway(
  parts: GatewayParts,
  { access, page }: GatewayOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_BODY,
    routerOptions: { maxParamLength: LONGEST_ID },
    rewriteUrl: fileSuffix,
    forceCloseConnections: true,
    multipart: false,
    // Faults before there is a route: a malformed address.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void sendProblem(
        reply,
        request,
        problemOf(error) ?? new ProblemError(400, 'Bad request', error.message),
      );
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.for(parts), adapter, {
    logger: nestLogger(parts.logger),
    abortOnError: false,
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  measure(server);
  secure(server);
  guard(server, access);
  refuseOtherBodies(server);
  await server.register(multipart, {
    preservePath: true,
    limits: {
      fileSize: Number.POSITIVE_INFINITY,
      files: 10_000,
      parts: 10_010,
      fields: 10,
      fieldSize: 10_000,
    },
  });
  app.useGlobalFilters(new ProblemFilter(parts.logger));
  app.useGlobalPipes(new SchemaPipe());
  documentApi(app, parts.settings);
  await servePage(server, page);
  await app.init();
  await server.ready();
  return app;
}

const FILE = /^(\/api\/v1\/collections\/[^/?]+\/[a-z/-]+)\.(csv|txt)(?=\?|$)/;

/** `…/hashtags.csv` is `…/hashtags` asked for as CSV. */
function fileSuffix(request: RawRequestDefaultExpression): string {
  const url = request.url ?? '/';
  const [, path, ending] = FILE.exec(url) ?? [];
  if (path === undefined) return url;
  request.headers.accept = ending === 'csv' ? 'text/csv' : 'text/plain';
  return url.replace(FILE, path);
}

/** Forms that a page of another site could send without asking are no bodies of ours. */
function refuseOtherBodies(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    if (!hasBody || request.is404) return undefined;
    const isUpload = request.method === 'POST' && request.url.split('?', 1)[0] === '/api/v1/jobs';
    const allowed = isUpload ? /^(application\/json|multipart\/form-data)\b/i : /^application\/json\b/i;
    if (allowed.test(type ?? '')) return undefined;
    const wanted = isUpload
      ? 'Send application/json, or files as multipart/form-data.'
      : 'Send application/json.';
    return sendProblem(reply, request, new ProblemError(415, 'Wrong content type', wanted));
  });
}
