import { type Api } from '../protocol/api.js';
import { type Reader } from '../protocol/reader.js';
import { type Writer } from '../protocol/writer.js';
import { type Exchange } from './exchange.js';

/** What to write as the answer, or null where the client awaits none. */
export type Answer = ((to: Writer) => void) | null;

export interface Route {
  readonly key: number;
  readonly min: number;
  readonly max: number;
  /** Reads the request and does its work. Work that must keep the order of requests is begun before it returns. */
  handle(from: Reader, version: number, exchange: Exchange): Promise<Answer>;
}

type Handler<Request, Response> = (
  request: Request,
  exchange: Exchange,
) => Response | null | Promise<Response | null>;

export function route<Request, Response>(
  api: Api<Request, Response>,
  handler: Handler<Request, Response>,
): Route {
  return {
    key: api.key,
    min: api.min,
    max: api.max,
    async handle(from, version, exchange) {
      const response = await handler(api.decode(from, version), exchange);
      return response === null ? null : (to) => api.encode(to, response, version);
    },
  };
}
