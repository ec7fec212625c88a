import { createHash, timingSafeEqual } from 'node:crypto';

import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { sendProblem } from './problem.filter.js';
import { ProblemError } from './problem.js';

export interface Access {
  /** SHA-256 in hex of the token that every call must show; null where none is needed. */
  readonly tokenHash: () => string | null;
  /** Only this machine can reach the port. */
  readonly loopback: boolean;
  /** Of `PUBLIC_URL`, where set. */
  readonly publicHost: string | null;
}

const COOKIE = 'murmur_token';
const YEAR = 365 * 24 * 3600;
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Whether an address to listen on is reachable from this machine only. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Who may call. On loopback every page that the user has open in the browser could reach the port, by its number or by
 * a name that resolves to it: so foreign names and foreign origins are refused. Elsewhere a token is needed.
 */
export function guard(server: FastifyInstance, access: Access): void {
  server.addHook('onRequest', async (request, reply) => {
    const refusal = refused(request, access);
    if (refusal) return sendProblem(reply, request, refusal);
    return admit(request, reply, access);
  });
}

function refused(request: FastifyRequest, { loopback, publicHost }: Access): ProblemError | null {
  const host = hostOf(`http://${request.headers.host ?? ''}`);
  if (loopback && host !== null && !isOwn(host, publicHost)) {
    return new ProblemError(
      421,
      'Not known by this name',
      `This server listens for this machine only and does not answer to "${host}". Set PUBLIC_URL when a proxy calls it so.`,
    );
  }
  const { origin } = request.headers;
  if (origin === undefined || reading.has(request.method)) return null;
  const from = hostOf(origin);
  const isSame =
    from !== null && (from === host || from === publicHost || (loopback && isOwn(from, publicHost)));
  if (isSame) return null;
  return new ProblemError(
    403,
    'Asked by a foreign page',
    `A page of "${origin}" may not change anything here.`,
  );
}

const isOwn = (host: string, publicHost: string | null) =>
  isLoopback(host.replace(/^\[(.*)\]$/, '$1')) || host.endsWith('.localhost') || host === publicHost;

/** Null: none, or not one. */
export function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null;
}

/** Health is for probes, which have no token and learn nothing. */
const isOpen = (path: string) => path.startsWith('/health/');

async function admit(request: FastifyRequest, reply: FastifyReply, { tokenHash }: Access): Promise<unknown> {
  const expected = tokenHash();
  const [path = '/', search = ''] = request.url.split('?');
  if (expected === null || isOpen(path)) return undefined;
  const query = new URLSearchParams(search);
  const given = query.get('token');
  const isBrowser = request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
  if (given !== null && matches(given, expected)) {
    if (!isBrowser) return undefined;
    query.delete('token');
    return keepInCookie(request, reply, { token: given, to: `${path}?${query.toString()}` });
  }
  if (shown(request).some((token) => matches(token, expected))) return undefined;
  return isBrowser ? askForToken(reply) : sendProblem(reply, request, unauthorised());
}

/** Into a cookie and out of the address, where it would be shown and kept. */
function keepInCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, to }: { token: string; to: string },
): FastifyReply {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  return (
    reply
      .header('set-cookie', `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${YEAR}${secure}`)
      // One slash: two would name another host.
      .redirect(to.replace(/^\/+/, '/').replace(/\?$/, ''), 303)
  );
}

const unauthorised = () =>
  new ProblemError(
    401,
    'A token is needed',
    'Send "Authorization: Bearer …" with the token of this server.',
    {
      headers: { 'www-authenticate': 'Bearer realm="murmuration"' },
    },
  );

function shown({ headers }: FastifyRequest): string[] {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const cookie = (headers.cookie ?? '')
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
  return [bearer, cookie].filter((token) => token !== undefined);
}

const matches = (token: string, expected: string): boolean =>
  timingSafeEqual(Buffer.from(hashToken(token)), Buffer.from(expected));

const askForToken = (reply: FastifyReply) =>
  reply
    .code(401)
    .type('text/html; charset=utf-8')
    .send(
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>Murmuration</title>' +
        '<p>This server needs its token. Open it once as <code>/?token=…</code>; ' +
        'it was printed when the server started for the first time.</p></html>',
    );
