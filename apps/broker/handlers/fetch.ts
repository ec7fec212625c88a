import { DamagedLog } from '../log/damage.js';
import { type PartitionLog } from '../log/partition-log.js';
import { type Slice } from '../log/read.js';
import { ErrorCode } from '../protocol/error-code.js';
import {
  type FetchRequest,
  type FetchResponse,
  type PartitionFetch,
  type PartitionFetched,
  fetch,
} from '../protocol/fetch.js';
import { type Exchange } from '../server/exchange.js';
import { type Route, route } from '../server/route.js';
import { type Context } from './context.js';

/** Of one answer, whatever the client allows: Kafka's own `fetch.max.bytes`. */
const MAX_BYTES = 55 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

interface Round {
  readonly response: FetchResponse;
  readonly bytes: number;
  readonly failed: boolean;
  readonly slices: readonly Slice[];
}

export function fetchRoute(context: Context): Route {
  return route(fetch, async (request, exchange) => {
    // Sessions are never opened, so none can be known.
    if (request.sessionId !== 0) return { error: ErrorCode.fetchSessionIdNotFound, topics: [] };
    let round = await collect(context, request);
    if (!isEnough(round, request) && request.maxWait > 0) {
      round = await collectUntil(context, request, exchange);
    }
    exchange.onSent(() => release(round));
    return round.response;
  });
}

function isEnough({ bytes, failed }: Round, { minBytes }: FetchRequest): boolean {
  return failed || bytes >= minBytes;
}

function release({ slices }: Round): void {
  for (const slice of slices) slice.release();
}

/** Waits until there is enough, or the client's patience ends. */
async function collectUntil(context: Context, request: FetchRequest, exchange: Exchange): Promise<Round> {
  const arrivals = new Arrivals(logsOf(context, request));
  const stopTimer = context.clock.after(request.maxWait, () => arrivals.end());
  const stopClosed = exchange.onClosed(() => arrivals.end());
  try {
    // Read again after the watch has begun: what came in between would else be slept through.
    let round = await collect(context, request);
    while (!isEnough(round, request) && !arrivals.ended) {
      await arrivals.atLeast(request.minBytes - round.bytes);
      release(round);
      round = await collect(context, request);
    }
    return round;
  } finally {
    stopTimer();
    stopClosed();
    arrivals.stop();
  }
}

function logsOf({ topics }: Context, request: FetchRequest): PartitionLog[] {
  return request.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partition }) => topics.log(name, partition)).filter((log) => log !== undefined),
  );
}

/** Counts what is committed to some logs. */
class Arrivals {
  #bytes = 0;
  #wanted = 0;
  #wake: (() => void) | undefined;
  #ended = false;
  readonly #stops: (() => void)[];

  constructor(logs: readonly PartitionLog[]) {
    this.#stops = logs.map((log) => log.watch((bytes) => this.#arrived(bytes)));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when so much has arrived since the last time, or at the end. */
  async atLeast(bytes: number): Promise<void> {
    this.#wanted = bytes;
    if (this.#bytes < bytes && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#bytes = 0;
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #arrived(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= this.#wanted) this.#wake?.();
  }
}

async function collect(context: Context, request: FetchRequest): Promise<Round> {
  const slices: Slice[] = [];
  let left = Math.min(request.maxBytes, MAX_BYTES);
  let bytes = 0;
  let failed = false;
  const topics: { name: string; partitions: PartitionFetched[] }[] = [];
  for (const { name, partitions } of request.topics) {
    const answers: PartitionFetched[] = [];
    for (const wanted of partitions) {
      const found = await readPartition(context.topics.log(name, wanted.partition), wanted, {
        left,
        first: bytes === 0,
      });
      if (found.slice) slices.push(found.slice);
      const length = found.answer.records?.length ?? 0;
      left -= length;
      bytes += length;
      failed ||= found.answer.error !== ErrorCode.none;
      answers.push(found.answer);
    }
    topics.push({ name, partitions: answers });
  }
  return { response: { error: ErrorCode.none, topics }, bytes, failed, slices };
}

interface Found {
  readonly answer: PartitionFetched;
  readonly slice?: Slice;
}

/** `first`: nothing has been found yet, so one batch is given even above the limits; else a client could never pass it. */
async function readPartition(
  log: PartitionLog | undefined,
  wanted: PartitionFetch,
  { left, first }: { left: number; first: boolean },
): Promise<Found> {
  if (!log) return { answer: refuse(wanted.partition, ErrorCode.unknownTopicOrPartition) };
  if (wanted.offset < log.start || wanted.offset > log.end) {
    return { answer: { ...refuse(wanted.partition, ErrorCode.offsetOutOfRange), ...watermarks(log) } };
  }
  const nothing = {
    answer: { ...refuse(wanted.partition, ErrorCode.none), ...watermarks(log), records: NOTHING },
  };
  if (wanted.offset === log.end || (left <= 0 && !first)) return nothing;
  const slice = await readSlice(log, wanted, left);
  if (slice === 'damaged') return { answer: refuse(wanted.partition, ErrorCode.kafkaStorageError) };
  if (!slice) return nothing;
  if (slice.records.length > left && !first) {
    slice.release();
    return nothing;
  }
  return { answer: { ...nothing.answer, records: slice.records }, slice };
}

async function readSlice(log: PartitionLog, { offset, maxBytes }: PartitionFetch, left: number) {
  try {
    return await log.read(offset, Math.min(maxBytes, left));
  } catch (error) {
    if (error instanceof DamagedLog) return 'damaged';
    throw error;
  }
}

function watermarks(log: PartitionLog) {
  return { highWatermark: log.end, logStartOffset: log.start };
}

function refuse(partition: number, error: ErrorCode): PartitionFetched {
  return { partition, error, highWatermark: -1, logStartOffset: -1, records: NOTHING };
}
