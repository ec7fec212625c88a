import { homedir } from 'node:os';

import { defaultDataFolder, isRunning, readInstance } from '#libs/installation';

export const DEFAULT_URL = 'http://127.0.0.1:8080';

/**
 * Where the server is when nobody said: where the one that runs on this machine's data folder told, else at the usual
 * port. With several running there is nothing to guess, and the usual port is meant.
 */
export function findServer(env: Readonly<Record<string, string | undefined>>): string {
  const urls = foldersOf(env).flatMap((folder) => {
    const instance = readInstance(folder);
    return instance?.url && isRunning(instance) ? [instance.url] : [];
  });
  const [only, ...others] = urls;
  return only !== undefined && others.length === 0 ? only : DEFAULT_URL;
}

function foldersOf(env: Readonly<Record<string, string | undefined>>): string[] {
  if (env.MURMUR_DATA) return [env.MURMUR_DATA];
  const place = {
    platform: process.platform,
    home: homedir(),
    xdgDataHome: env.XDG_DATA_HOME || undefined,
  };
  const own = defaultDataFolder({ ...place, root: process.getuid?.() === 0 });
  // One that was started by root is everybody's on this machine.
  return [...new Set([own, defaultDataFolder({ ...place, root: true })])];
}
