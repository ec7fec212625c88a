import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

import { defaultDataFolder } from '#libs/installation';

import { standaloneConfig } from './config.js';
import { prepareFolder, serverUser } from './folder/data-folder.js';
import { FolderLock } from './folder/lock.js';
import { run } from './run.js';
import { StartError, systemCode } from './start-error.js';

const dist = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function main(): Promise<void> {
  if (process.platform === 'win32') {
    throw new StartError(
      'Murmuration runs on Linux and macOS. On Windows start it inside WSL (https://aka.ms/wsl).',
    );
  }
  const began = Date.now();
  loadEnvFile(join(dirname(dist), '.env'));
  const config = standaloneConfig(env);
  const user = serverUser();
  const fallback = defaultDataFolder({
    platform: process.platform,
    home: homedir(),
    xdgDataHome: config.XDG_DATA_HOME,
    root: user !== null,
  });
  const folder = prepareFolder(config.MURMUR_DATA ?? fallback, fallback, user);
  const lock = FolderLock.take(folder);
  try {
    await run({ config, folder, fallback, user, dist, began, env, lock });
  } finally {
    lock.release();
  }
}

/** Settings a person wrote down; what is set outside comes first. */
function loadEnvFile(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

// A terminal that went away is no reason to end: SIGHUP says whether to.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof StartError ? `\n${error.message}\n` : error);
    process.exit(1);
  },
);
