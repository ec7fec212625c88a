import type { Problem } from '#libs/api';

/** The server said no, in its own words (RFC 9457). */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
  }
}

/** Nothing answered: the server is away, or the way to it. */
export class OfflineError extends Error {
  override name = 'OfflineError';
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string';

/** What an answer says went wrong, null where it does not speak the API's language (a proxy's page, nothing). */
function told(status: number, text: string): Problem | null {
  try {
    const body: unknown = JSON.parse(text);
    return isProblem(body) ? { ...body, status } : null;
  } catch {
    return null;
  }
}

export const problemOf = (status: number, text: string): Problem =>
  told(status, text) ?? {
    type: 'about:blank',
    title: `The server answered with ${status}`,
    status,
    detail: 'Nothing was changed.',
  };

const away = (status: number): boolean => status === 502 || status === 503 || status === 504;

/** Fetches JSON (null where there is no body). Throws ApiError, OfflineError, or the signal's AbortError. */
export async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { headers: { accept: 'application/json' }, ...init });
    text = await response.text();
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new OfflineError('no answer', { cause: error });
  }
  if (response.ok) return (text === '' ? null : JSON.parse(text)) as T;
  // What a proxy says for a server that is away is no answer of the server itself.
  if (away(response.status) && told(response.status, text) === null)
    throw new OfflineError('only a proxy answers');
  throw new ApiError(problemOf(response.status, text));
}

/** Sends JSON with a key, so that a second try of the same click does nothing twice. */
export const send = <T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> =>
  call<T>(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** The words for a person about anything that was thrown. */
export function explain(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof OfflineError) {
    return {
      type: 'about:blank',
      title: 'Murmuration does not answer',
      status: 0,
      detail: 'Nothing was changed. Is it still running? This page tries again by itself.',
    };
  }
  return { type: 'about:blank', title: 'This page failed', status: 0, detail: String(error) };
}
