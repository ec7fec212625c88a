import { type Page, type Problem, problemSchema } from '#libs/api';

import { ApiError, CommandError } from '../failure.js';

const PAGE_SIZE = 1_000;

/** The REST API of one server. */
export class Client {
  constructor(
    /** Without a slash at its end. */
    readonly url: string,
    private readonly token: string | undefined,
  ) {}

  get headers(): Record<string, string> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  endpoint(path: string): URL {
    return new URL(`${this.url}/api/v1${path}`);
  }

  get<T>(path: string): Promise<T> {
    return this.#json<T>(path, { headers: this.headers });
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#json<T>(path, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** The first `limit` entries of a list. */
  async top<T>(path: string, limit: number): Promise<T[]> {
    const { items } = await this.get<Page<T>>(`${path}?limit=${limit}`);
    return items;
  }

  /** All entries of a list, page by page. */
  async *all<T>(path: string): AsyncGenerator<T> {
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<T> = await this.get<Page<T>>(`${path}?limit=${PAGE_SIZE}${from}`);
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  async #json<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.endpoint(path), init);
      text = await response.text();
    } catch (error) {
      throw unreachable(this.url, error);
    }
    return answer<T>(response.status, text);
  }
}

/** What a response says. @throws ApiError with the server's own words when it is none of 2xx. */
export function answer<T>(status: number, text: string): T {
  const body = readJson(text);
  if (status >= 200 && status < 300 && body !== undefined) {
    // The types of libs/api are the contract; a client that checked them would refuse a newer server's new fields.
    return body as T;
  }
  throw new ApiError(problemOf(status, body, text));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(status: number, body: unknown, text: string): Problem {
  const parsed = problemSchema.safeParse(body);
  const hint = status === 401 ? 'Give the token of this server with --token or MURMUR_TOKEN.' : '';
  if (parsed.success) {
    const { detail, ...rest } = parsed.data;
    return { ...rest, detail: [detail, hint].filter((part) => part !== '').join(' ') };
  }
  const said = text.trim().slice(0, 300);
  return {
    type: 'about:blank',
    title: `The server answered ${status}, not as Murmuration does.`,
    status,
    detail: hint || said,
  };
}

export function unreachable(url: string, error: unknown): CommandError {
  const code = codeOf(error) ?? String(error);
  return new CommandError(
    `Nothing answers at ${url} (${code}).\nStart Murmuration with "npm start" in its folder, or name another address with --url or MURMUR_URL.`,
    { cause: error },
  );
}

/** `fetch` puts the system's own code (`ECONNREFUSED`) one or two causes below what it throws. */
function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error) return String(error.code);
  return 'cause' in error ? codeOf(error.cause) : null;
}
