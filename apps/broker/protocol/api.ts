import { type Reader } from './reader.js';
import { type Writer } from './writer.js';

/** How one API travels: `decode` and `encode` are pure and know every version from `min` to `max`. */
export interface Api<Request, Response> {
  readonly key: number;
  readonly min: number;
  readonly max: number;
  decode(from: Reader, version: number): Request;
  encode(to: Writer, response: Response, version: number): void;
}

export interface RequestHeader {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

/** Header version 1. Only ApiVersions is ever asked in a flexible one, and there nothing after the client id is read. */
export function readHeader(from: Reader): RequestHeader {
  return {
    apiKey: from.int16(),
    version: from.int16(),
    correlationId: from.int32(),
    clientId: from.nullableString(),
  };
}
