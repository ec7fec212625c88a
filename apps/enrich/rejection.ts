import type { RawMeta, RawPlace, RecordRejected, RejectionReason } from '#libs/events';

import { envelope } from './envelope.js';
import { count, type Json, object } from './platforms/json.js';

const EXCERPT = 300;
/** No character takes more bytes than this; decoding a few is enough for an excerpt. */
const WIDEST = 4;

/** Why a record becomes no post, in a word of the closed list and one plain sentence. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  constructor(
    readonly reason: RejectionReason,
    detail: string,
  ) {
    super(detail);
  }

  /** Anything else that was thrown while reading the record is a shape that its dialect does not expect. */
  static of(error: unknown): Rejection {
    if (error instanceof Rejection) return error;
    const what = error instanceof Error ? error.message : String(error);
    return new Rejection('shape', `The record is built in a way its format does not have: ${what}.`);
  }
}

export function rejected(why: Rejection, bytes: Buffer, meta: RawMeta, raw: RawPlace): RecordRejected {
  const data = {
    reason: why.reason,
    detail: why.message,
    place: meta.place,
    excerpt: bytes.toString('utf8', 0, EXCERPT * WIDEST).slice(0, EXCERPT),
    bytes: bytes.length,
  };
  return { ...envelope(meta, raw, null), type: 'RecordRejected', data };
}

/** A record too long to keep: ingest wrote down `{bytes, sha256, start}` instead. */
export function oversize(bytes: Buffer, meta: RawMeta, raw: RawPlace): RecordRejected {
  const told = describedIn(bytes);
  const hash = typeof told.sha256 === 'string' ? ` Its SHA-256 is ${told.sha256}.` : '';
  const why = new Rejection('too_large', `The record is longer than 16 MiB and was not kept.${hash}`);
  const { data, ...rest } = rejected(why, bytes, meta, raw);
  const length = count(told.bytes) ?? bytes.length;
  const excerpt = typeof told.start === 'string' ? told.start.slice(0, EXCERPT) : data.excerpt;
  return { ...rest, data: { ...data, bytes: length, excerpt } };
}

function describedIn(bytes: Buffer): Json {
  try {
    return object(JSON.parse(bytes.toString('utf8'))) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
