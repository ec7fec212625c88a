import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Broker, type BrokerOptions, startBroker } from './broker.js';
import { encodeBatch } from './log/records.js';
import { ErrorCode } from './protocol/error-code.js';
import { Reader } from './protocol/reader.js';
import { Writer } from './protocol/writer.js';

/** A client that speaks bytes: for what no real client would send. */
class RawClient {
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, Buffer.from(chunk)]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RawClient(socket);
  }

  send(api: readonly [key: number, version: number], correlation: number, body: (to: Writer) => void): void {
    const to = new Writer().int16(api[0]).int16(api[1]).int32(correlation).string('raw');
    body(to);
    this.socket.write(Buffer.concat(to.frame()));
  }

  /** The next answer, behind its length. */
  async answer(): Promise<Reader> {
    while (this.#received.length < 4 || this.#received.length < 4 + this.#received.readInt32BE(0)) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const end = 4 + this.#received.readInt32BE(0);
    const reader = new Reader(this.#received.subarray(4, end));
    this.#received = this.#received.subarray(end);
    return reader;
  }
}

const nothing = () => undefined;
const API_VERSIONS = 18;

let folder: string;
let broker: Broker;
const clients: RawClient[] = [];

const start = (options: Partial<BrokerOptions> = {}) => startBroker({ dataDir: folder, ...options });

async function client(): Promise<RawClient> {
  const made = await RawClient.connect(broker.port);
  clients.push(made);
  return made;
}

async function createTopic(to: RawClient, name: string): Promise<void> {
  to.send([19, 2], 1, (body) => {
    body.int32(1).string(name).int32(1).int16(1).int32(0).int32(0).int32(1000).boolean(false);
  });
  const answer = await to.answer();
  answer.int32();
  answer.int32();
  expect(answer.array(() => [answer.string(), answer.int16(), answer.nullableString()])).toEqual([
    [name, 0, null],
  ]);
}

function batchOf(value: string, producer?: { id: number; epoch: number; sequence: number }): Buffer {
  const records = [{ key: null, value: Buffer.from(value) }];
  return encodeBatch({ timestamp: 1, records, ...(producer && { producer }) });
}

function produce(
  to: RawClient,
  correlation: number,
  what: { topic: string; acks: number; records: Buffer },
): void {
  to.send([0, 3], correlation, (body) => {
    body
      .string(null)
      .int16(what.acks)
      .int32(1000)
      .int32(1)
      .string(what.topic)
      .int32(1)
      .int32(0)
      .bytes(what.records);
  });
}

async function produced(from: RawClient) {
  const answer = await from.answer();
  const correlation = answer.int32();
  const [topic] = answer.array(() => {
    answer.string();
    return answer.array(() => ({
      partition: answer.int32(),
      error: answer.int16(),
      offset: answer.int64(),
    }))[0];
  });
  return { correlation, error: topic?.error, offset: topic?.offset };
}

function fetchFrom(
  to: RawClient,
  correlation: number,
  want: { topic: string; minBytes: number; maxWait: number },
) {
  to.send([1, 4], correlation, (body) => {
    body.int32(-1).int32(want.maxWait).int32(want.minBytes).int32(1_000_000).int8(0);
    body.int32(1).string(want.topic).int32(1).int32(0).int64(0).int32(1_000_000);
  });
}

async function fetched(from: RawClient) {
  const answer = await from.answer();
  const correlation = answer.int32();
  answer.int32();
  const [partition] = answer.array(() => {
    answer.string();
    return answer.array(() => {
      const error = [answer.int32(), answer.int16()][1];
      answer.int64();
      answer.int64();
      answer.int32();
      return { error, bytes: answer.bytes().length };
    })[0];
  });
  return { correlation, ...partition };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-'));
  broker = await start();
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await broker.stop();
  await rm(folder, { recursive: true });
});

describe('the broker on its socket', () => {
  it('advertises exactly the versions that it speaks', async () => {
    const asking = await client();
    asking.send([API_VERSIONS, 0], 7, nothing);
    const answer = await asking.answer();
    expect([answer.int32(), answer.int16()]).toEqual([7, ErrorCode.none]);
    const apis = answer.array(() => [answer.int16(), answer.int16(), answer.int16()].join(' '));
    const table =
      '0 0 8, 1 4 11, 2 1 5, 3 0 8, 8 2 7, 9 1 5, 10 0 2, 11 0 5, 12 0 3, 13 0 3, 14 0 3, 15 0 4, 16 0 2, 18 0 2, ' +
      '19 2 4, 20 1 3, 21 0 1, 22 0 1, 32 1 3, 33 0 1, 37 0 1, 42 0 1, 44 0 0, 47 0 0';
    expect(apis.join(', ')).toBe(table);
  });

  it('answers a question for API versions in a version too new in version 0, with its own range', async () => {
    const asking = await client();
    asking.send([API_VERSIONS, 4], 9, (body) => body.int8(0).int8(1));
    const answer = await asking.answer();
    expect([answer.int32(), answer.int16()]).toEqual([9, ErrorCode.unsupportedVersion]);
    expect(answer.array(() => [answer.int16(), answer.int16(), answer.int16()])).toEqual([[18, 0, 2]]);
  });

  it('lets go of a client that sends garbage, and of no other', async () => {
    const good = await client();
    const bad = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0, 0, 0, 9, 0, 0, 0, 99, 0, 0, 0, 1, 0]),
    ];
    const overlong = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
    const manyItems = Buffer.concat(
      new Writer().int16(15).int16(0).int32(1).string('raw').int32(2_000_000_000).frame(),
    );
    for (const bytes of [...bad, overlong, manyItems]) {
      const sender = await client();
      sender.socket.write(bytes);
      await sender.closed;
    }
    good.send([API_VERSIONS, 0], 1, nothing);
    expect((await good.answer()).int32()).toBe(1);
  });

  it('reads requests however they are cut into packets', async () => {
    const asking = await client();
    const frames = [1, 2, 3].map((correlation) =>
      Buffer.concat(new Writer().int16(API_VERSIONS).int16(0).int32(correlation).string('raw').frame()),
    );
    const bytes = Buffer.concat(frames);
    for (const at of bytes.keys()) {
      asking.socket.write(bytes.subarray(at, at + 1));
      await new Promise(setImmediate);
    }
    for (const correlation of [1, 2, 3]) expect((await asking.answer()).int32()).toBe(correlation);
  });

  it('answers in the order of the requests, and lets a waiting fetch hold back no work', async () => {
    const asking = await client();
    const other = await client();
    await createTopic(asking, 't');
    fetchFrom(asking, 1, { topic: 't', minBytes: 1, maxWait: 60_000 });
    produce(asking, 2, { topic: 't', acks: -1, records: batchOf('first') });
    expect(await fetched(asking)).toMatchObject({ correlation: 1, error: 0, bytes: batchOf('first').length });
    expect(await produced(asking)).toEqual({ correlation: 2, error: 0, offset: 0 });
    produce(other, 3, { topic: 't', acks: 1, records: batchOf('second') });
    expect(await produced(other)).toEqual({ correlation: 3, error: 0, offset: 1 });
  });

  it('holds a fetch back until there are as many bytes as it wants, or its time is over', async () => {
    const asking = await client();
    const other = await client();
    await createTopic(asking, 't');
    const { length } = batchOf('x');
    fetchFrom(asking, 1, { topic: 't', minBytes: length * 3, maxWait: 60_000 });
    for (const correlation of [1, 2, 3]) {
      produce(other, correlation, { topic: 't', acks: -1, records: batchOf('x') });
      await produced(other);
    }
    expect(await fetched(asking)).toMatchObject({ bytes: length * 3 });
    fetchFrom(asking, 2, { topic: 't', minBytes: length * 9, maxWait: 20 });
    expect(await fetched(asking)).toMatchObject({ bytes: length * 3 });
  });

  it('does not answer acks=0, and ends the connection where such a batch was refused', async () => {
    const asking = await client();
    await createTopic(asking, 't');
    produce(asking, 1, { topic: 't', acks: 0, records: batchOf('silent') });
    produce(asking, 2, { topic: 't', acks: -1, records: batchOf('heard') });
    expect(await produced(asking)).toEqual({ correlation: 2, error: 0, offset: 1 });
    produce(asking, 3, { topic: 'missing', acks: 0, records: batchOf('lost') });
    await asking.closed;
  });

  it('refuses what is no sound batch, each with the error of the protocol', async () => {
    const asking = await client();
    await createTopic(asking, 't');
    const spoiled = batchOf('spoiled');
    spoiled.writeUInt8(1, spoiled.length - 1);
    const old = batchOf('old');
    old.writeInt8(1, 16);
    const two = Buffer.concat([batchOf('a'), batchOf('b')]);
    const cases = [
      [spoiled, ErrorCode.corruptMessage],
      [old, ErrorCode.unsupportedForMessageFormat],
      [two, ErrorCode.invalidRecord],
      [Buffer.alloc(0), ErrorCode.invalidRecord],
      [batchOf('x'.repeat(2_000_000)), ErrorCode.messageTooLarge],
    ] as const;
    for (const [records, error] of cases) {
      produce(asking, 1, { topic: 't', acks: -1, records });
      expect((await produced(asking)).error).toBe(error);
    }
    produce(asking, 1, { topic: 't', acks: 2, records: batchOf('x') });
    expect((await produced(asking)).error).toBe(ErrorCode.invalidRequiredAcks);
  });

  it('gives every producer another id, also after a start', async () => {
    const ids = new Set<number>();
    for (let life = 0; life < 2; life += 1) {
      const asking = await client();
      for (let at = 0; at < 3; at += 1) {
        asking.send([22, 1], at, (body) => body.string(null).int32(1000));
        const answer = await asking.answer();
        expect([answer.int32(), answer.int32(), answer.int16()]).toEqual([at, 0, 0]);
        ids.add(answer.int64());
      }
      await broker.stop();
      broker = await start();
    }
    expect(ids.size).toBe(6);
  });

  it('says with an error of the protocol that it has no transactions', async () => {
    const asking = await client();
    asking.send([22, 1], 1, (body) => body.string('transaction').int32(1000));
    const initialised = await asking.answer();
    expect([initialised.int32(), initialised.int32(), initialised.int16()]).toEqual([
      1,
      0,
      ErrorCode.invalidRequest,
    ]);
    asking.send([10, 1], 2, (body) => body.string('transaction').int8(1));
    const found = await asking.answer();
    expect([found.int32(), found.int32(), found.int16()]).toEqual([2, 0, ErrorCode.invalidRequest]);
    expect(found.nullableString()).toContain('transactions are not implemented');
  });
});

describe('the folder of a broker', () => {
  it('keeps a second broker out, with a sentence that says so', async () => {
    await expect(start()).rejects.toThrow(/Another broker \(process \d+\) works in .* Stop it first/);
  });

  it('is taken over from a process that is gone', async () => {
    await broker.stop();
    // No system gives out so high a process id.
    await writeFile(join(folder, 'lock'), '4194399 1');
    broker = await start();
    expect(await readFile(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
  });

  // Elsewhere the system does not tell cheaply when a process began: there the lock has to be deleted by hand.
  if (process.platform === 'linux') {
    it('is taken over where the process id belongs to another program by now', async () => {
      await broker.stop();
      await writeFile(join(folder, 'lock'), `${process.ppid} 1`);
      broker = await start();
      expect(await readFile(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
    });
  }

  it('holds topics, records, and what of a topic was deleted stays away', async () => {
    const asking = await client();
    await createTopic(asking, 'kept');
    await createTopic(asking, 'deleted');
    produce(asking, 1, { topic: 'kept', acks: -1, records: batchOf('x') });
    await produced(asking);
    asking.send([20, 1], 2, (body) => body.int32(1).string('deleted').int32(1000));
    await asking.answer();
    await mkdir(join(folder, 'topics', 'unfinished-9', '0'), { recursive: true });
    await broker.stop();
    broker = await start();
    const again = await client();
    again.send([3, 1], 3, (body) => body.int32(-1));
    const answer = Buffer.from((await again.answer()).source).toString('latin1');
    expect([answer.includes('kept'), answer.includes('deleted'), answer.includes('unfinished')]).toEqual([
      true,
      false,
      false,
    ]);
    fetchFrom(again, 4, { topic: 'kept', minBytes: 1, maxWait: 1000 });
    expect(await fetched(again)).toMatchObject({ error: 0, bytes: batchOf('x').length });
  });

  it('without its catalogue, or with a damaged one, stops the start with a sentence', async () => {
    const asking = await client();
    await createTopic(asking, 't');
    await broker.stop();
    const path = join(folder, 'catalogue');
    const whole = await readFile(path, 'utf8');
    await writeFile(path, whole.replace('"t"', '"u"'));
    await expect(start()).rejects.toThrow('Restore the data folder from a copy');
    await rm(path);
    await expect(start()).rejects.toThrow('catalogue is missing');
    await writeFile(path, whole);
    broker = await start();
  });
});
