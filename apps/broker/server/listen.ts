import { type AddressInfo, createServer } from 'node:net';

import { type RequestHeader } from '../protocol/api.js';
import { Connection, type ConnectionSettings } from './connection.js';
import { type Route } from './route.js';

export interface Listening {
  readonly port: number;
  /** Takes no more connections and ends those that there are. */
  close(): Promise<void>;
}

/** @throws where the address cannot be listened on. */
export async function listen(host: string, port: number, settings: ConnectionSettings): Promise<Listening> {
  const connections = new Set<Connection>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const connection = new Connection(socket, settings);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    // A TCP server that listens has an address of this form.
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

const API_VERSIONS = 18;

/** Finds routes. Who asks for the API versions in a version too new is answered in version 0, as Kafka does. */
export function finder(
  routes: readonly Route[],
  tooNew: Route,
): (header: RequestHeader) => Route | undefined {
  const byKey = new Map(routes.map((route) => [route.key, route]));
  return ({ apiKey, version }) => {
    const route = byKey.get(apiKey);
    if (route && version >= route.min && version <= route.max) return route;
    return apiKey === API_VERSIONS ? tooNew : undefined;
  };
}
