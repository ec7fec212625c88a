import { existsSync } from 'node:fs';
import { join } from 'node:path';

import fastifyStatic from '@fastify/static';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { sendProblem } from './problem.filter.js';
import { ProblemError } from './problem.js';

const page = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
/** Swagger UI writes its styles into the document. */
const docs = page.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/** What is no address of the page: there the answer to a mistake is a problem. */
const isService = (path: string) => /^\/(api|health|metrics)(\/|$)/.test(path);

/** On every answer: nothing from other hosts, no frames, no guessing of types. */
export function secure(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const isDocs = request.url.startsWith('/api/docs');
    reply.headers({ ...headers, 'content-security-policy': isDocs ? docs : page });
  });
  server.addHook('onSend', async (request, reply, payload) => {
    // Numbers move: no cache may keep them.
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store');
    return payload;
  });
}

/** Files of the built page; each address of its own that is no file is the page itself. */
export async function servePage(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: folder,
    serve: false,
    cacheControl: false,
    dotfiles: 'ignore',
  });
  server.get('/*', (request, reply) => answerPage(request, reply, folder));
}

async function answerPage(
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string,
): Promise<FastifyReply> {
  const path = pathOf(request);
  if (isService(path)) return sendProblem(reply, request, nothingHere());
  if (!existsSync(join(folder, 'index.html'))) return sendProblem(reply, request, notBuilt());
  const file = decodeURIComponent(path).replace(/^\/+/, '');
  if (file.includes('..')) return sendProblem(reply, request, nothingHere());
  if (/\.[a-z0-9]+$/i.test(file) && file !== 'index.html') {
    if (!existsSync(join(folder, file))) return sendProblem(reply, request, nothingHere());
    // Vite names what lies in assets by its content.
    const lasts = file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return reply.header('cache-control', lasts).sendFile(file);
  }
  return reply.header('cache-control', 'no-cache').sendFile('index.html');
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '/';

const nothingHere = () =>
  new ProblemError(404, 'Nothing is here', 'There is no such address. /api/docs lists all of them.');
const notBuilt = () =>
  new ProblemError(
    503,
    'The page is not built',
    'Run "npm run build" and start again. The API is at /api/docs.',
  );
