import { ByteReader } from './byte-reader.js';
import { HeaderReader } from './header-reader.js';
import { type FetchAnswer, type FetchedPartition } from './kafkajs-internals.js';
import { decodeBatches } from './record-decoder.js';

type Answered = FetchAnswer['responses'][number];

/** Reads the answer to Fetch version 11, in the shape that kafkajs' consumer expects. */
export async function decodeFetch(bytes: Buffer): Promise<FetchAnswer> {
  const reader = new ByteReader(bytes);
  const clientSideThrottleTime = reader.int32();
  reader.skip(6); // error code (of fetch sessions, which are not used), session id
  const headers = new HeaderReader();
  const responses: Answered[] = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.string();
    const partitions: FetchedPartition[] = [];
    for (let count = reader.int32(); count > 0; count -= 1) {
      partitions.push(await decodePartition(reader, headers));
    }
    responses.push({ topicName, partitions });
  }
  return { clientSideThrottleTime, responses };
}

async function decodePartition(reader: ByteReader, headers: HeaderReader): Promise<FetchedPartition> {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  reader.skip(16); // last stable offset, log start offset
  const abortedTransactions: { producerId: string; firstOffset: string }[] = [];
  for (let count = reader.int32(); count > 0; count -= 1) {
    abortedTransactions.push({
      producerId: reader.bigint64().toString(),
      firstOffset: reader.bigint64().toString(),
    });
  }
  const preferredReadReplica = reader.int32();
  const size = Math.max(0, reader.int32());
  const records = reader.peek(size);
  reader.skip(size);
  const messages = await decodeBatches(records, headers);
  return { partition, errorCode, highWatermark, abortedTransactions, preferredReadReplica, messages };
}
