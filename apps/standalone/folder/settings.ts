import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { StartError, systemCode } from '../start-error.js';

const settingsSchema = z.object({
  version: z.literal(1),
  /** Names this folder in requests that must not be made twice. */
  id: z.string(),
  /** Ports that were free at the first start. They stay, so that a tool pointed at them works tomorrow. */
  brokerPort: z.number().int().nullable(),
  postgresPort: z.number().int().nullable(),
  postgresPassword: z.string(),
  /** Made when the gateway first listened where others can reach it. */
  token: z.string().nullable(),
  /** What became of the demo at the very first start; null before it. */
  demo: z.enum(['submitted', 'off']).nullable(),
  /** The build whose migrations this folder's database has (see `buildOf`). */
  migrated: z.string().nullable().default(null),
});
export type Settings = z.infer<typeof settingsSchema>;

const file = (folder: string) => join(folder, 'settings.json');

/** What a data folder remembers; made anew in a new folder. */
export function readSettings(folder: string): Settings {
  let text: string;
  try {
    text = readFileSync(file(folder), 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return firstSettings();
  }
  const parsed = settingsSchema.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  throw new StartError(
    `${file(folder)} is not readable as settings of this version. Put back a copy of it; without it the database there cannot be opened.`,
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const firstSettings = (): Settings => ({
  version: 1,
  id: randomBytes(9).toString('base64url'),
  brokerPort: null,
  postgresPort: null,
  postgresPassword: randomBytes(24).toString('base64url'),
  token: null,
  demo: null,
  migrated: null,
});

/** Whole or not at all, and for nobody else's eyes: it holds passwords. */
export function writeSettings(folder: string, settings: Settings): void {
  const next = `${file(folder)}.next`;
  writeFileSync(next, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(next, file(folder));
}
