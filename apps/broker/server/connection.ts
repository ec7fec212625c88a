import { type Socket } from 'node:net';

import { type BufferPool } from '../log/buffer-pool.js';
import { type RequestHeader, readHeader } from '../protocol/api.js';
import { MalformedRequest, Reader } from '../protocol/reader.js';
import { Writer } from '../protocol/writer.js';
import { type Exchange } from './exchange.js';
import { type Frame, Frames } from './frames.js';
import { type Answer, type Route } from './route.js';

export interface ConnectionSettings {
  readonly pool: BufferPool;
  readonly maxFrameBytes: number;
  /** The route for a header, or undefined where the protocol knows no answer: the connection then ends. */
  readonly routeFor: (header: RequestHeader) => Route | undefined;
  /** Told of what ended the connection, unless the client did. */
  readonly onFault: (error: unknown) => void;
}

/** Beyond these a client is not read on: it asks faster than it, or the disk, can take the answers. */
const MAX_PENDING = 100;
const MAX_PENDING_BYTES = 64 * 1024 * 1024;

interface Pending {
  readonly bytes: number;
  readonly sent: (() => void)[];
  answer?: Buffer[];
}

/**
 * One client. Requests are begun in the order in which they come, and run beside each other; answers leave in the same
 * order. So a fetch that waits holds back only answers, not the work behind it.
 */
export class Connection {
  readonly #pending: Pending[] = [];
  #pendingBytes = 0;
  readonly #closed = new Set<() => void>();
  readonly #frames: Frames;

  constructor(
    private readonly socket: Socket,
    private readonly settings: ConnectionSettings,
  ) {
    this.#frames = new Frames(settings.pool, settings.maxFrameBytes, (frame) => this.#begin(frame));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#regulate());
    // A reset by the client is followed by 'close', which is all that matters here.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end());
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      this.#fault(error);
    }
    this.#regulate();
  }

  #begin(frame: Frame): void {
    if (this.socket.destroyed) return frame.release();
    const reader = new Reader(frame.bytes);
    const header = readHeader(reader);
    const route = this.settings.routeFor(header);
    if (!route) {
      frame.release();
      throw new MalformedRequest(`no API ${header.apiKey} in version ${header.version}`);
    }
    const pending: Pending = { bytes: frame.bytes.length, sent: [] };
    this.#pending.push(pending);
    this.#pendingBytes += pending.bytes;
    route
      .handle(reader, header.version, this.#exchange(header, pending))
      .then((answer) => this.#answered(pending, header, answer))
      .catch((error: unknown) => this.#fault(error))
      .finally(() => frame.release());
  }

  #exchange(header: RequestHeader, pending: Pending): Exchange {
    return {
      clientId: header.clientId ?? '',
      host: `/${this.socket.remoteAddress ?? ''}`,
      onSent: (action) => {
        if (this.socket.destroyed) action();
        else pending.sent.push(action);
      },
      onClosed: (action) => {
        this.#closed.add(action);
        return () => this.#closed.delete(action);
      },
    };
  }

  #answered(pending: Pending, { correlationId }: RequestHeader, answer: Answer): void {
    if (this.socket.destroyed) return;
    if (answer) {
      const to = new Writer().int32(correlationId);
      answer(to);
      pending.answer = to.frame();
    } else {
      pending.answer = [];
    }
    this.#flush();
    this.#regulate();
  }

  #flush(): void {
    this.socket.cork();
    for (let first = this.#pending[0]; first?.answer; first = this.#pending[0]) {
      this.#pending.shift();
      this.#pendingBytes -= first.bytes;
      this.#write(first.answer, first.sent);
    }
    // One system call for all that this turn of the loop has answered.
    process.nextTick(() => this.socket.uncork());
  }

  #write(answer: readonly Buffer[], sent: readonly (() => void)[]): void {
    const done = () => {
      for (const action of sent) action();
    };
    if (answer.length === 0) return done();
    for (const part of answer.slice(0, -1)) this.socket.write(part);
    this.socket.write(answer.at(-1) ?? '', done);
  }

  #regulate(): void {
    const busy =
      this.#pending.length >= MAX_PENDING ||
      this.#pendingBytes >= MAX_PENDING_BYTES ||
      this.socket.writableNeedDrain;
    if (busy && !this.socket.isPaused()) this.socket.pause();
    else if (!busy && this.socket.isPaused()) this.socket.resume();
  }

  #fault(error: unknown): void {
    if (this.socket.destroyed) return;
    this.settings.onFault(error);
    this.socket.destroy();
  }

  #end(): void {
    this.#frames.drop();
    for (const action of this.#closed) action();
    this.#closed.clear();
    for (const { sent } of this.#pending.splice(0)) for (const action of sent) action();
  }
}
