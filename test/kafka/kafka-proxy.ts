import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';

const PRODUCE = 0;
const METADATA = 3;
const FIND_COORDINATOR = 10;

/** What to do with an answer: pass it on, or lose it together with its connection. */
export type Verdict = 'pass' | 'lose';

/**
 * Stands between clients and a broker (of a single node), and fails as networks and brokers fail: answers that get lost,
 * connections that break, a broker that is away. Puts itself as the address into what the broker tells of itself.
 */
export class KafkaProxy {
  /** Judges each answer by the key of its request. */
  judge: (apiKey: number) => Verdict = () => 'pass';
  readonly produce = PRODUCE;
  /** Requests seen so far, by API key. */
  readonly seen = new Map<number, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #away = false;

  private constructor(private readonly target: { host: string; port: number }) {
    this.#server = createServer((client) => this.#serve(client));
  }

  static async before(address: string): Promise<KafkaProxy> {
    const [host = '', port] = address.split(':');
    const proxy = new KafkaProxy({ host, port: Number(port) });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections of clients that are open now. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Breaks all connections and refuses new ones until `comeBack`. */
  goAway(): void {
    this.#away = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  comeBack(): void {
    this.#away = false;
  }

  async stop(): Promise<void> {
    this.goAway();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket): void {
    if (this.#away) {
      client.destroy();
      return;
    }
    const broker = connect(this.target);
    const asked = new Map<number, number>();
    const end = () => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    frames(client, (frame) => {
      const apiKey = frame.readInt16BE(4);
      this.seen.set(apiKey, (this.seen.get(apiKey) ?? 0) + 1);
      asked.set(frame.readInt32BE(8), apiKey);
      broker.write(frame);
    });
    frames(broker, (frame) => {
      const apiKey = asked.get(frame.readInt32BE(4)) ?? -1;
      if (this.judge(apiKey) === 'lose') end();
      else client.write(this.#readdressed(apiKey, frame));
    });
  }

  /** Metadata (v1 to v8 begin alike) and FindCoordinator (v1, v2) name the broker: its port is replaced in place. */
  #readdressed(apiKey: number, frame: Buffer): Buffer {
    if (apiKey === METADATA) {
      const host = 8 + 4 + 4 + 4; // frame, throttle time, count, node id
      frame.writeInt32BE(this.port, host + 2 + frame.readInt16BE(host));
    }
    if (apiKey === FIND_COORDINATOR && frame.readInt16BE(12) === 0) {
      const message = 8 + 4 + 2; // frame, throttle time, error
      const host = message + 2 + Math.max(0, frame.readInt16BE(message)) + 4;
      frame.writeInt32BE(this.port, host + 2 + frame.readInt16BE(host));
    }
    return frame;
  }
}

/** Cuts a stream into Kafka's frames, length included. */
function frames(socket: Socket, take: (frame: Buffer) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if ((chunks[0]?.length ?? 0) < 4) chunks = [Buffer.concat(chunks)];
    while (size >= 4 && size >= 4 + (chunks[0]?.readInt32BE(0) ?? 0)) {
      const all = Buffer.concat(chunks);
      const length = 4 + all.readInt32BE(0);
      chunks = [all.subarray(length)];
      size -= length;
      take(Buffer.from(all.subarray(0, length)));
    }
  });
}
