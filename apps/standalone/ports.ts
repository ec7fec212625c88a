import { createServer } from 'node:net';

import { StartError, systemCode } from './start-error.js';

/** Whether a port can be listened on. @throws what listening threw, unless the port is taken or reserved. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = systemCode(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('a listening server has no port'));
      });
    });
  });
}

/** A port that a person named: that one, or a sentence. */
export async function wantedPort(setting: string, port: number, host: string): Promise<number> {
  const free = await isFree(port, host).catch((error: unknown) => {
    const code = systemCode(error) ?? String(error);
    throw new StartError(
      `Nothing can listen on ${host} (${code}). Set GATEWAY_HOST to an address of this machine.`,
    );
  });
  if (free) return port;
  throw new StartError(
    `Port ${port} is taken by another program (or reserved). Stop that one, or set ${setting} to another port, for example ${setting}=${await freePort(host)}`,
  );
}

/** A port of our own: the one of last time where it is still free, else any. */
export async function ownPort(
  setting: string,
  wanted: number | undefined,
  last: number | null,
): Promise<number> {
  if (wanted !== undefined) return wantedPort(setting, wanted, '127.0.0.1');
  if (last !== null && (await isFree(last, '127.0.0.1'))) return last;
  return freePort();
}
