import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { banner } from './banner.js';
import { buildOf } from './build.js';
import type { StandaloneConfig } from './config.js';
import { submitDemo } from './demo.js';
import { appEnvironment } from './environment.js';
import { diskUse, type ServerUser } from './folder/data-folder.js';
import type { FolderLock } from './folder/lock.js';
import { readSettings, type Settings, writeSettings } from './folder/settings.js';
import { Launcher } from './launcher.js';
import { fatalLines, lastMessage } from './log-lines.js';
import { folders, type Plan } from './plan.js';
import { freePort, ownPort, wantedPort } from './ports.js';
import { postgresBinaries } from './postgres/binaries.js';
import type { Service } from './process/service.js';
import { StartError } from './start-error.js';
import { deferred, wishes } from './wishes.js';

export interface Run {
  readonly config: StandaloneConfig;
  readonly folder: string;
  /** The folder that would be used without `MURMUR_DATA`. */
  readonly fallback: string;
  readonly user: ServerUser | null;
  readonly dist: string;
  /** Epoch milliseconds of the command. */
  readonly began: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lock: FolderLock;
}

/** From a data folder to a stopped system. Resolves when everything has ended because a person wanted it. */
export async function run(run: Run): Promise<void> {
  const before = readSettings(run.folder);
  const settings = await settle(run, before);
  writeSettings(run.folder, settings);
  const build = buildOf(run.dist);
  const plan = await planOf(run, settings, build);
  const failure = deferred<never>();
  const launcher = new Launcher(plan, {
    heard: fatalLines((name, text) => console.error(`${name}: ${text}`)),
    restarting: (service, how, pause) =>
      console.error(`${service.name} ${how}; it is started again in ${pause / 1000} s.`),
    restarted: (service) => console.error(`${service.name} is back.`),
    migrated: () => writeSettings(run.folder, { ...readSettings(run.folder), migrated: build }),
    gaveUp: (service, how) => failure.reject(keepsFailing(service, how)),
  });
  const wish = wishes();
  const broken = failure.promise;
  broken.catch(() => {}); // looked at below, where it is waited for
  try {
    const started = launcher.start().then(() => welcome(run, plan, { before, settings }));
    if ((await Promise.race([started, wish.stop, broken])) !== 'stop')
      await Promise.race([wish.stop, broken]);
    console.log('\nStopping. Ctrl-C once more ends everything at once; nothing is lost by that either.');
  } finally {
    await Promise.race([launcher.stop(), wish.hurry.then(() => launcher.kill())]);
  }
  console.log(`Stopped. Everything is kept in ${run.folder}`);
}

/** What the folder remembers after this start: ports and a token where they were missing. */
async function settle({ config }: Run, settings: Settings): Promise<Settings> {
  const reachable = !['127.0.0.1', '::1', 'localhost'].includes(config.GATEWAY_HOST);
  const made = reachable && config.MURMUR_TOKEN === undefined ? randomBytes(24).toString('base64url') : null;
  return {
    ...settings,
    brokerPort: await ownPort('BROKER_PORT', config.BROKER_PORT, settings.brokerPort),
    postgresPort: await ownPort('POSTGRES_PORT', config.POSTGRES_PORT, settings.postgresPort),
    token: settings.token ?? made,
  };
}

async function planOf(run: Run, settings: Settings, build: string): Promise<Plan> {
  const { config, folder, user, dist, env } = run;
  const { GATEWAY_HOST: host, GATEWAY_PORT: wanted } = config;
  const port = wanted === 0 ? await freePort(host) : await wantedPort('GATEWAY_PORT', wanted, host);
  return {
    folder,
    dist,
    user,
    binaries: config.DATABASE_URL === undefined ? postgresBinaries(folder, user) : '',
    gateway: { host, port },
    brokerPort: settings.brokerPort ?? 0,
    postgresPort: settings.postgresPort ?? 0,
    postgresPassword: settings.postgresPassword,
    migrated: settings.migrated === build && config.DATABASE_URL === undefined && hasCluster(folder),
    brokers: config.KAFKA_BROKERS,
    databaseUrl: config.DATABASE_URL,
    env: {
      ...appEnvironment(env),
      // Node 22 and later keep compiled code there: half of the start is compiling.
      NODE_COMPILE_CACHE: folders(folder).cache,
      MURMUR_TOKEN: config.MURMUR_TOKEN ?? settings.token ?? undefined,
      PUBLIC_URL: config.PUBLIC_URL,
    },
  };
}

const hasCluster = (folder: string) => existsSync(join(folders(folder).postgres, 'PG_VERSION'));

/** An address that a browser on this machine can open. */
function addressOf({ gateway: { host, port } }: Plan): string {
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function welcome(
  run: Run,
  plan: Plan,
  { before, settings }: { before: Settings; settings: Settings },
): Promise<void> {
  const { config, folder, fallback, began, lock } = run;
  const url = addressOf(plan);
  lock.announce(url);
  const seconds = (Date.now() - began) / 1000;
  const demo = await firstDemo(run, url, settings);
  const { used, free } = await diskUse(folder);
  console.log(
    banner({
      url: config.PUBLIC_URL ?? url,
      folder,
      usedBytes: used,
      freeBytes: free,
      seconds,
      demo,
      settings: [
        ...(folder === fallback ? [] : [`MURMUR_DATA=${folder}`]),
        ...(config.GATEWAY_PORT === 8080 ? [] : [`GATEWAY_PORT=${config.GATEWAY_PORT}`]),
      ],
      newToken: before.token === null && config.MURMUR_TOKEN === undefined ? settings.token : null,
    }),
  );
}

/** @returns whether the demo was asked for in this start: the very first of the folder, or none. */
async function firstDemo({ config, folder }: Run, url: string, settings: Settings): Promise<boolean> {
  if (settings.demo !== null) return false;
  const wanted = config.MURMUR_DEMO === 'on';
  if (wanted) {
    try {
      await submitDemo(url, settings.id, config.MURMUR_TOKEN ?? settings.token);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`The demo collection could not be asked for (${reason}); the next start tries again.`);
      return false;
    }
  }
  writeSettings(folder, { ...readSettings(folder), demo: wanted ? 'submitted' : 'off' });
  return wanted;
}

function keepsFailing(service: Service, how: string): StartError {
  const said = lastMessage(service.lastWords);
  return new StartError(
    `${service.name} keeps failing (${how}${said ? `: ${said}` : ''}), so everything was stopped. Nothing is lost.\nIts log: ${service.logPath}`,
  );
}
