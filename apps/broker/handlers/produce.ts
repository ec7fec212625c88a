import { type BatchFault, faultOfProduced } from '../log/batch.js';
import { LogClosed } from '../log/partition-log.js';
import { type Appended } from '../log/plan.js';
import { ErrorCode } from '../protocol/error-code.js';
import {
  type PartitionProduced,
  type PartitionRecords,
  type ProduceRequest,
  type ProduceResponse,
  produce,
} from '../protocol/produce.js';
import { type Route, route } from '../server/route.js';
import { type Topic } from '../topics/topics.js';
import { type Context } from './context.js';

/** The client of a request with acks=0 awaits no answer: ending its connection is how it learns of an error. */
class UnansweredFault extends Error {
  override readonly name = 'UnansweredFault';
}

const FAULTS: Readonly<Record<BatchFault, readonly [ErrorCode, string]>> = {
  corrupt: [ErrorCode.corruptMessage, 'The checksum of the batch does not hold.'],
  'old format': [ErrorCode.unsupportedForMessageFormat, 'Only record batches of format 2 are stored.'],
  'not one whole batch': [ErrorCode.invalidRecord, 'A partition takes one whole record batch per request.'],
  unusable: [
    ErrorCode.invalidRecord,
    'Transactional and control batches, and wrong record counts, are not taken.',
  ],
};

const REFUSALS = {
  'out of order': ErrorCode.outOfOrderSequenceNumber,
  'old epoch': ErrorCode.invalidProducerEpoch,
  // Retriable: the client sends again until there is room.
  'no space': ErrorCode.kafkaStorageError,
} as const;

export function produceRoute({ topics }: Context): Route {
  return route(produce, async (request) => {
    const refused = faultOfRequest(request);
    const answered = request.topics.map(async ({ name, partitions }) => {
      const topic = topics.get(name);
      const append = async (records: PartitionRecords) =>
        refused ? refuse(records.partition, refused) : appendTo(topic, records);
      return { name, partitions: await Promise.all(partitions.map(append)) };
    });
    const response = { topics: await Promise.all(answered) };
    if (request.acks !== 0) return response;
    if (hasFault(response)) throw new UnansweredFault('A batch with acks=0 was refused.');
    return null;
  });
}

function faultOfRequest({ acks, transactionalId }: ProduceRequest): ErrorCode | undefined {
  if (acks < -1 || acks > 1) return ErrorCode.invalidRequiredAcks;
  return transactionalId === null ? undefined : ErrorCode.invalidRequest;
}

/** Queues the batch before it returns, so that the order of requests is the order of offsets. */
async function appendTo(
  topic: Topic | undefined,
  { partition, records }: PartitionRecords,
): Promise<PartitionProduced> {
  const log = topic?.logs[partition];
  if (!topic || !log) return refuse(partition, ErrorCode.unknownTopicOrPartition);
  if (!records) return refuse(partition, ...FAULTS['not one whole batch']);
  if (records.length > topic.limits.maxMessageBytes) return refuse(partition, ErrorCode.messageTooLarge);
  const fault = faultOfProduced(records);
  if (fault) return refuse(partition, ...FAULTS[fault]);
  try {
    return answerTo(partition, await log.append(records), log.start);
  } catch (error) {
    if (error instanceof LogClosed) return refuse(partition, ErrorCode.unknownTopicOrPartition);
    throw error;
  }
}

function answerTo(partition: number, appended: Appended, logStartOffset: number): PartitionProduced {
  if (appended.kind !== 'stored') return refuse(partition, REFUSALS[appended.kind]);
  return { partition, error: ErrorCode.none, baseOffset: appended.offset, logStartOffset, message: null };
}

function refuse(partition: number, error: ErrorCode, message: string | null = null): PartitionProduced {
  return { partition, error, baseOffset: -1, logStartOffset: -1, message };
}

function hasFault({ topics }: ProduceResponse): boolean {
  return topics.some(({ partitions }) => partitions.some(({ error }) => error !== ErrorCode.none));
}
