import { randomBytes } from 'node:crypto';

import { partitionKey, rawHeaders, type RawEnds, type RawMeta, recordKey, topics } from '#libs/events';
import { partitionFor, type Producer, type ProduceRecord } from '#libs/kafka';

import { type FoundRecord } from '../sources/source.js';

/** What all records of one append share. */
export type RawCommon = Pick<RawMeta, 'collection' | 'job' | 'source' | 'origin' | 'collectedAt'>;

/** Random part of the record keys: unique per process run, counted up within it. */
const run = randomBytes(6).toString('base64url');
let drawn = 0;

/** Appends raw records to `posts.raw.v1`, each to the partition of its post. */
export class RawWriter {
  constructor(private readonly producer: Producer) {}

  /** @returns the end offset per partition of these records, once they are acknowledged. */
  async append(found: readonly FoundRecord[], common: RawCommon): Promise<RawEnds> {
    const appended = await this.producer.append(found.map((record) => rawRecord(record, common)));
    const ends: Record<string, number> = {};
    for (const { partition, offset } of appended) {
      ends[partition] = Math.max(ends[partition] ?? 0, offset + 1);
    }
    return ends;
  }

  /** A marker in every partition: what it says of a collection holds for all records before it. */
  async mark(collection: string, marker: object, now: Date): Promise<void> {
    const { name: topic, partitions } = topics.raw;
    const records = Array.from({ length: partitions }, (_, partition) => {
      const meta: RawMeta = {
        collection,
        job: '',
        source: '',
        position: 0,
        identity: null,
        format: 'marker',
        encoding: 'utf-8',
        place: { line: null, offset: null },
        collectedAt: now.toISOString(),
        origin: 'real',
        replayOf: null,
      };
      return {
        topic,
        partition,
        key: recordKey(meta, `${run}${(drawn++).toString(36)}`),
        value: Buffer.from(JSON.stringify(marker)),
        headers: rawHeaders(meta),
      };
    });
    await this.producer.append(records);
  }
}

/** Field by field: this runs for each record, and copying an object by its keys costs more than all the rest here. */
function rawRecord(found: FoundRecord, common: RawCommon): ProduceRecord {
  const { position, bytes, format, identity, encoding, place, replayOf = null } = found;
  const { collection, job, source, origin, collectedAt } = common;
  const meta: RawMeta = {
    collection,
    job,
    source,
    position,
    identity,
    format,
    encoding,
    place,
    collectedAt,
    origin,
    replayOf,
  };
  const { name: topic, partitions } = topics.raw;
  return {
    topic,
    partition: partitionFor(partitionKey(meta), partitions),
    key: recordKey(meta, `${run}${(drawn++).toString(36)}`),
    value: bytes,
    headers: rawHeaders(meta),
  };
}
