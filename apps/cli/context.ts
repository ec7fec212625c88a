import { setTimeout as wait } from 'node:timers/promises';

import type { Client } from './api/client.js';
import { print, type Terminal } from './terminal.js';

/** What every command that talks to a server gets. */
export interface Context {
  readonly client: Client;
  readonly terminal: Terminal;
  /** Machines read the output: JSON only, nothing beside it. */
  readonly json: boolean;
  /** Between two looks at something that is under way. */
  readonly pause: () => Promise<void>;
}

export const pollPause = () => wait(200);

export const printJson = ({ terminal }: Context, value: unknown) =>
  print(terminal.out, JSON.stringify(value, null, 2));

export const say = ({ terminal }: Context, text: string) => print(terminal.out, text);

/** For the person beside the output. Nothing where a machine reads. */
export function note({ terminal, json }: Context, text: string): void {
  if (!json) print(terminal.err, text);
}
