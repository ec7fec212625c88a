/**
 * kafkajs 2.2.4, mended where it is wrong or slow. Everything is done on prototypes, so the order of loading does not
 * matter. Why each, with numbers: docs/gotchas.md and the decision on kafkajs.
 */
import { decodeFetch } from './fetch-decoder.js';
import {
  type Connection,
  connection,
  consumerGroup,
  type FetchAnswer,
  kafkajsVersion,
  type OffsetManager,
  offsetManager,
  parseFetch,
  type ProtocolCall,
  type ProtocolRequest,
  type ProtocolResponse,
  requestQueue,
} from './kafkajs-internals.js';

const FETCH = 1;
const FETCH_VERSION = 11;
const PATCHED_VERSION = '2.2.4';

/** kafkajs' consumer asked for an offset that the log does not hold. */
export class OutOfRange extends Error {
  override readonly name = 'KafkaJSNonRetriableError';
  readonly retriable = false;
  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {
    super(`Offset out of range in ${topic}/${partition}`);
  }
}

let patched = false;

/** Patches kafkajs in this process, once. */
export function patchKafkajs(): void {
  if (patched) return;
  if (kafkajsVersion !== PATCHED_VERSION) {
    throw new Error(`These patches are for kafkajs ${PATCHED_VERSION}, installed is ${kafkajsVersion}.`);
  }
  patched = true;
  patchIdleTimer();
  patchConnect();
  patchSend();
  patchOutOfRange();
  patchMember();
}

/** Every answered request starts a timer that restarts itself each millisecond for ever (kafkajs issue 1751). */
function patchIdleTimer(): void {
  const { prototype } = requestQueue;
  const original = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests() {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
}

/** Requests that begin at the same time each open a socket, and all but the last are never closed. */
function patchConnect(): void {
  const connecting = new WeakMap<Connection, Promise<boolean>>();
  const { prototype } = connection;
  const { connect, disconnect } = prototype;
  prototype.connect = function connectOnce() {
    let attempt = connecting.get(this);
    if (!attempt) {
      attempt = connect.call(this).finally(() => connecting.delete(this));
      connecting.set(this, attempt);
    }
    return attempt;
  };
  // Each call for a dead socket leaves a listener on it, one per attempt while a broker is away.
  prototype.disconnect = function disconnectLiving() {
    if (this.socket?.destroyed) this.socket = undefined;
    return disconnect.call(this);
  };
}

/**
 * Lets a request bring its own bytes (kafkajs' framing copies them twice more through zero-filled buffers), and has
 * fetched records decoded by `fetch-decoder.ts`: checked by their checksum, without strings for each offset and header.
 */
function patchSend(): void {
  const { prototype } = connection;
  const original: (this: Connection, call: ProtocolCall<unknown>) => Promise<unknown> = prototype.send;
  prototype.send = function send<T>(this: Connection, call: ProtocolCall<T>): Promise<T> {
    if (call.request.encodeFramed) return sendFramed(this, call);
    const mended: ProtocolCall<unknown> =
      call.request.apiKey === FETCH ? { ...call, response: fetchResponse(call.request) } : call;
    return original.call(this, mended) as Promise<T>;
  };
}

function fetchResponse({ apiVersion }: ProtocolRequest): ProtocolResponse<FetchAnswer> {
  if (apiVersion === FETCH_VERSION) return { decode: decodeFetch, parse: parseFetch };
  throw new Error(`The broker is too old: it speaks Fetch ${apiVersion}, needed is ${FETCH_VERSION}.`);
}

async function sendFramed<T>(to: Connection, call: ProtocolCall<T>): Promise<T> {
  const { request, response, requestTimeout = null } = call;
  if (!to.isAuthenticated()) await to.authenticate();
  to.failIfNotConnected();
  const correlationId = to.nextCorrelationId();
  const bytes = await request.encodeFramed?.({ correlationId, clientId: to.clientId });
  if (!bytes) throw new TypeError('The request does not bring its bytes.');
  const { payload } = await new Promise<{ payload: Buffer }>((resolve, reject) => {
    to.failIfNotConnected();
    const { apiKey, apiName, apiVersion } = request;
    to.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout,
      sendRequest: () => to.socket?.write(bytes),
    });
  });
  return response.parse(await response.decode(payload));
}

/**
 * kafkajs answers an offset out of range by going to its default offset, and commits that, even with autoCommit off.
 * Here it fails: a log that lost records must not pass for an empty one.
 */
function patchOutOfRange(): void {
  offsetManager.prototype.setDefaultOffset = async function setDefaultOffset(
    this: OffsetManager,
    { topic, partition }: { topic: string; partition: number },
  ): Promise<void> {
    throw new OutOfRange(topic, partition);
  };
}

/**
 * A consumer that restarts itself after a lost connection joins as a stranger, and the group waits a whole session for
 * the member that it was. Here it comes back as the same member.
 */
function patchMember(): void {
  const members = new WeakMap<object, string>();
  const { prototype } = consumerGroup;
  const { connect, joinAndSync, leave } = prototype;
  prototype.connect = async function reconnect() {
    await connect.call(this);
    this.memberId ??= members.get(this.cluster) ?? null;
  };
  prototype.joinAndSync = async function join() {
    await joinAndSync.call(this);
    if (this.memberId !== null) members.set(this.cluster, this.memberId);
  };
  prototype.leave = async function leaveForGood() {
    await leave.call(this);
    members.delete(this.cluster);
  };
}
