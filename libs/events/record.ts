import type { RawPlace, SourcePlace } from './outcome.js';

/**
 * What ingest knows of the shape of a record. `x.v1`, `x.v2`, `x.archive` say which dialect reads it;
 * `unknown` leaves it to enrich to say why not. `oversize` stands for bytes that were too long to keep.
 */
export const recordFormats = [
  'x.v1',
  'x.v2',
  'x.archive',
  'control',
  'oversize',
  'marker',
  'unknown',
] as const;
export type RecordFormat = (typeof recordFormats)[number];

/** Byte encoding of the record in the log. `invalid` marks bytes that no declared encoding explains. */
export type RecordEncoding = 'utf-8' | 'invalid';

/** A post's name in the world: (platform, instance, id). `id` is an exact decimal or the platform's own string. */
export interface Identity {
  readonly platform: string;
  readonly instance: string;
  readonly id: string;
}

export type Origin = 'real' | 'simulated';

/** Everything about a raw record that is not its bytes. Travels in Kafka headers. */
export interface RawMeta {
  readonly collection: string;
  readonly job: string;
  readonly source: string;
  readonly position: number;
  readonly identity: Identity | null;
  readonly format: RecordFormat;
  readonly encoding: RecordEncoding;
  readonly place: SourcePlace;
  /** ISO 8601 UTC. */
  readonly collectedAt: string;
  /** Origin of the collection, so that enrich refuses what would mix real and simulated posts. */
  readonly origin: Origin;
  readonly replayOf: RawPlace | null;
}

type HeaderValue = Buffer | string | undefined;

const text = (value: HeaderValue): string | undefined => value?.toString();

/** Headers of a raw record. Short names: they are written once per record. */
export function rawHeaders(meta: RawMeta): Record<string, string> {
  const headers: Record<string, string> = {
    collection: meta.collection,
    job: meta.job,
    source: meta.source,
    position: String(meta.position),
    format: meta.format,
    'collected-at': meta.collectedAt,
    origin: meta.origin,
  };
  if (meta.identity) {
    headers.identity = `${meta.identity.platform}/${meta.identity.instance}/${meta.identity.id}`;
  }
  if (meta.encoding !== 'utf-8') headers.encoding = meta.encoding;
  if (meta.place.line !== null) headers.line = String(meta.place.line);
  if (meta.place.offset !== null) headers.offset = String(meta.place.offset);
  if (meta.replayOf) headers['replay-of'] = `${meta.replayOf.partition}:${meta.replayOf.offset}`;
  return headers;
}

/** Reads back what `rawHeaders` wrote. Throws `TypeError` naming the header that is missing or unreadable. */
export function readRawMeta(headers: Readonly<Record<string, HeaderValue>>): RawMeta {
  return {
    collection: required(headers, 'collection'),
    job: required(headers, 'job'),
    source: required(headers, 'source'),
    position: integer(required(headers, 'position'), 'position'),
    identity: parseIdentity(text(headers.identity)),
    format: parseFormat(required(headers, 'format')),
    encoding: text(headers.encoding) === 'invalid' ? 'invalid' : 'utf-8',
    place: { line: optionalInteger(headers, 'line'), offset: optionalInteger(headers, 'offset') },
    collectedAt: required(headers, 'collected-at'),
    origin: text(headers.origin) === 'simulated' ? 'simulated' : 'real',
    replayOf: parsePlace(text(headers['replay-of'])),
  };
}

function required(headers: Readonly<Record<string, HeaderValue>>, name: string): string {
  const value = text(headers[name]);
  if (value === undefined) throw new TypeError(`raw record without header "${name}"`);
  return value;
}

function integer(value: string, name: string): number {
  const parsed = Number(value);
  if (!Number.isSafeInteger(parsed)) throw new TypeError(`header "${name}" is no integer: ${value}`);
  return parsed;
}

function optionalInteger(headers: Readonly<Record<string, HeaderValue>>, name: string): number | null {
  const value = text(headers[name]);
  return value === undefined ? null : integer(value, name);
}

function parseFormat(value: string): RecordFormat {
  const format = recordFormats.find((known) => known === value);
  if (!format) throw new TypeError(`header "format" is none of ${recordFormats.join(', ')}: ${value}`);
  return format;
}

function parseIdentity(value: string | undefined): Identity | null {
  if (value === undefined) return null;
  const first = value.indexOf('/');
  const last = value.indexOf('/', first + 1);
  if (first < 0 || last < 0) throw new TypeError(`header "identity" is no platform/instance/id: ${value}`);
  return {
    platform: value.slice(0, first),
    instance: value.slice(first + 1, last),
    id: value.slice(last + 1),
  };
}

function parsePlace(value: string | undefined): RawPlace | null {
  if (value === undefined) return null;
  const [partition, offset] = value.split(':');
  return {
    partition: integer(partition ?? '', 'replay-of'),
    offset: integer(offset ?? '', 'replay-of'),
  };
}

/**
 * What decides the partition of a raw record: the post where it has an identity, so that all records of a post in a
 * collection keep their order; else its place in the source.
 */
export function partitionKey(meta: Pick<RawMeta, 'collection' | 'identity' | 'source' | 'position'>): string {
  const { collection, identity, source, position } = meta;
  if (!identity) return `${source}/${position}`;
  return `${collection}/${identity.platform}/${identity.instance}/${identity.id}`;
}

/**
 * The Kafka key of a raw record: unique per append (`random` is drawn for each), so that compaction can erase by
 * tombstone without ever eating another record or changing which copy is first.
 */
export function recordKey(
  meta: Pick<RawMeta, 'collection' | 'identity' | 'source' | 'position'>,
  random: string,
): string {
  const { collection, identity, source, position } = meta;
  const name = identity ? `${identity.platform}/${identity.instance}/${identity.id}` : '//';
  return `${collection}/${name}/${source}/${position}/${random}`;
}
