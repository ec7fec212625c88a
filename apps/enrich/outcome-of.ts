import type { Marker, Outcome, Post, RawMeta, RawPlace } from '#libs/events';

import { type Dialect, dialects as knownDialects, type Dialects } from './dialects.js';
import { envelope } from './envelope.js';
import { hydrate } from './hydrators/hydrate.js';
import { InexactIdError, type Json, object, parseExact } from './platforms/json.js';
import { type Control, readControl } from './platforms/x/controls.js';
import { platformOf } from './platforms/x/origin.js';
import { oversize, rejected, Rejection } from './rejection.js';

/**
 * What one raw record is: exactly one outcome, the same for the same record each time. Whatever is wrong with the
 * record, also what makes a dialect throw, is a rejection: a poisoned record must not stop its partition, and is
 * mapped again from raw once the dialect is mended. Texts are as JSON has them; `encodeOutcome` makes them storable.
 */
export function outcomeOf(
  bytes: Buffer,
  meta: RawMeta,
  raw: RawPlace,
  dialects: Dialects = knownDialects,
): Outcome {
  if (meta.format === 'oversize') return oversize(bytes, meta, raw);
  try {
    return accepted(bytes, meta, raw, dialects);
  } catch (error) {
    return rejected(Rejection.of(error), bytes, meta, raw);
  }
}

/** @throws Rejection, or whatever a dialect trips over. */
function accepted(bytes: Buffer, meta: RawMeta, raw: RawPlace, dialects: Dialects): Outcome {
  if (meta.encoding === 'invalid') {
    throw new Rejection('encoding', 'The bytes are not text in the encoding of the file.');
  }
  const source = bytes.toString('utf8');
  const record = parse(source);
  if (meta.format === 'marker') {
    return { ...envelope(meta, raw, null), type: 'MarkerPassed', data: markerOf(record) };
  }
  if (meta.format === 'control') {
    const { occurredAt, ...data } = exactly(source, record, (message) => controlOf(message, meta));
    return { ...envelope(meta, raw, occurredAt), type: 'ControlSeen', data };
  }
  const dialect = dialects[meta.format];
  if (!dialect) throw unreadable(record, meta);
  const data = exactly(source, record, (json) => postOf(json, meta, dialect));
  return { ...envelope(meta, raw, data.createdAt), type: 'PostEnriched', data };
}

function parse(source: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch (error) {
    throw new Rejection('json', `This is not valid JSON: ${(error as SyntaxError).message}.`);
  }
  const record = object(parsed);
  if (!record) throw new Rejection('not_a_post', `A post is a JSON object, this is ${kindOf(parsed)}.`);
  return record;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** Reads a record, and once more with exact numbers where an id needs them. */
function exactly<T>(source: string, record: Json, read: (record: Json) => T): T {
  try {
    return read(record);
  } catch (error) {
    if (!(error instanceof InexactIdError)) throw error;
    return read(object(parseExact(source)) ?? {});
  }
}

/** Characters. Ids are keys of tables, whose indexes do not take texts of any length. */
const LONGEST_ID = 500;

function postOf(record: Json, meta: RawMeta, dialect: Dialect): Post {
  const reading = dialect(record);
  if (!reading) throw new Rejection('shape', 'The record has no id, or nothing else that a post has.');
  if (reading.id.length > LONGEST_ID) throw new Rejection('shape', 'Its id is longer than that of any post.');
  const { identity } = meta;
  if (
    identity?.id !== reading.id ||
    identity.platform !== reading.platform ||
    identity.instance !== reading.instance
  ) {
    throw new Rejection('identity', misfiled(meta, `${reading.platform}/${reading.instance}/${reading.id}`));
  }
  checkOrigin(meta, reading.platform);
  return hydrate(reading);
}

function misfiled({ identity }: RawMeta, own: string): string {
  const filed = identity ? `as ${identity.platform}/${identity.instance}/${identity.id}` : 'without a name';
  return `The record was filed ${filed}, but the post in it says that it is ${own}.`;
}

function checkOrigin(meta: RawMeta, platform: string): void {
  const origin = platform.startsWith('simulated-') ? 'simulated' : 'real';
  if (origin === meta.origin) return;
  throw new Rejection('origin', `A ${origin} post cannot go into a collection of ${meta.origin} ones.`);
}

function controlOf(message: Json, meta: RawMeta): Control {
  const control = readControl(message);
  if (!control) throw new Rejection('not_a_post', 'The object is empty.');
  checkOrigin(meta, platformOf(message));
  return control;
}

function markerOf(record: Json): Marker {
  if (record.kind === 'CollectionDeleted') return { kind: 'CollectionDeleted' };
  throw new Rejection('unknown_format', 'This marker is none that this version knows.');
}

/** Keys that posts of other platforms have. */
const POSTLIKE = ['text', 'full_text', 'content', 'body', 'record', 'commit', 'verb'];

function unreadable(record: Json, meta: RawMeta): Rejection {
  if (meta.format !== 'unknown') {
    return new Rejection('unknown_format', `Nothing here reads records of the format ${meta.format}.`);
  }
  const keys = Object.keys(record);
  if (keys.length === 0) return new Rejection('not_a_post', 'The object is empty.');
  const named = keys.slice(0, 6).join(', ').slice(0, 120);
  return POSTLIKE.some((key) => key in record)
    ? new Rejection('unknown_format', `This is no post of a known kind; it has ${named}.`)
    : new Rejection('not_a_post', `This is JSON, but no post; it has ${named}.`);
}
