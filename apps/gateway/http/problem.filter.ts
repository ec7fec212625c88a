import { STATUS_CODES } from 'node:http';

import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodError } from 'zod';

import { type Problem } from '#libs/api';
import { DatabaseError, isMissing } from '#libs/db';
import { type Logger } from '#libs/runtime';

import { invalid, ProblemError, unavailable } from './problem.js';
import { invalidFields } from './schema.pipe.js';

const CANCELLED = '57014';
/** Text that Postgres cannot hold: a NUL, broken UTF-8. */
const unstorable: ReadonlySet<string> = new Set(['22021', '22P05']);
const unreachable: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', '']);
/** Shutting down, starting up, too many connections, crashed. */
const restarting: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '53300', '08006', '08003']);

/** The one place where errors become answers: always problem+json, never the inside of an unexpected error. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    // Where a body has begun there is no other answer to give; the broken stream says it.
    if (reply.sent || reply.raw.headersSent) return;
    void sendProblem(reply, request, this.problemFor(error));
  }

  private problemFor(error: unknown): ProblemError {
    const problem = problemOf(error);
    if (problem) return problem;
    this.logger.error({ err: error }, 'a request failed');
    return new ProblemError(
      500,
      'Something went wrong',
      'The request could not be answered; the log says why.',
    );
  }
}

export function sendProblem(
  reply: FastifyReply,
  request: FastifyRequest,
  problem: ProblemError,
): FastifyReply {
  const { status, title, detail, more } = problem;
  const body: Problem = {
    type: 'about:blank',
    title,
    status,
    detail,
    instance: request.originalUrl,
    ...(more.errors && { errors: more.errors }),
  };
  // An upload that is refused halfway is read to its end, else the sender would never look at the answer.
  if (!request.raw.readableEnded) request.raw.unpipe().resume();
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...more.headers })
    .removeHeader('content-disposition')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body);
}

/** Null: unexpected. */
export function problemOf(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof DatabaseError) return ofDatabase(error);
  if (error instanceof ZodError) {
    return invalidFields(error.issues.map(({ path, message }) => ({ field: path.join('.'), message })));
  }
  if (error instanceof HttpException) return ofNest(error);
  return ofFastify(error);
}

function ofDatabase(error: DatabaseError): ProblemError | null {
  if (isMissing(error)) return unavailable('The tables are being made. Try again in a moment.');
  if (error.code === CANCELLED) {
    return unavailable(
      'The answer would have taken too long to find. Ask for less: a shorter time, a rarer word.',
      60,
    );
  }
  if (unstorable.has(error.code)) return invalid('request', 'holds a character that no post can hold');
  if (unreachable.has(error.code) || restarting.has(error.code)) {
    return unavailable('The database does not answer. Try again in a moment.');
  }
  return null;
}

function ofNest(error: HttpException): ProblemError | null {
  const status = error.getStatus();
  const response = error.getResponse();
  const missing = typeof response === 'object' && 'missing' in response ? response.missing : undefined;
  if (Array.isArray(missing)) return unavailable(`Waits for: ${missing.join(', ')}.`);
  if (status === 404) {
    return new ProblemError(404, 'Nothing is here', 'There is no such address. /api/docs lists all of them.');
  }
  if (status >= 500) return null;
  return new ProblemError(status, STATUS_CODES[status] ?? 'Refused', `${error.message}. Nothing was done.`);
}

const ofCode: Readonly<Record<string, readonly [status: number, title: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'Too large', 'JSON may have 1 MiB. Files go as multipart, of any size.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'Wrong content type',
    'Send application/json, or files as multipart/form-data.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'No JSON', 'The body is empty, and the content type says JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'No JSON', 'The body is not valid JSON.'],
  FST_ERR_BAD_URL: [400, 'No address', 'The address cannot be decoded.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'Address too long', 'A part of the address is longer than any id.'],
};

/** Faults found before a handler runs carry Fastify's code, or at least a status. */
function ofFastify(error: unknown): ProblemError | null {
  if (typeof error !== 'object' || error === null) return null;
  const known = 'code' in error && typeof error.code === 'string' ? ofCode[error.code] : undefined;
  if (known) return new ProblemError(...known);
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  if (!(status >= 400 && status < 500) || !('message' in error)) return null;
  return new ProblemError(
    status,
    STATUS_CODES[status] ?? 'Refused',
    `${String(error.message)}. Nothing was done.`,
  );
}
