import { join } from 'node:path';

import type { ServerUser } from './folder/data-folder.js';
import { databaseUrl } from './postgres/cluster.js';
import { postgresService } from './postgres/service.js';
import { type AppOptions, appService, runApp } from './process/app.js';
import type { ServiceDefinition } from './process/service.js';

export type AppName = 'ingest' | 'enrich' | 'aggregate' | 'gateway';
/** The apps that own tables, and make them when called with `migrate`. */
export const migratingApps = ['aggregate', 'ingest', 'gateway'] as const;
/** What a person asks for is refused first, and what is under way is finished: the order of stopping. */
export const stopOrder = ['gateway', 'ingest', 'enrich', 'aggregate'] as const;

/** Everything that decides what is started on a data folder. */
export interface Plan {
  readonly folder: string;
  /** Folder of the built apps. */
  readonly dist: string;
  readonly binaries: string;
  readonly user: ServerUser | null;
  readonly gateway: { readonly host: string; readonly port: number };
  readonly brokerPort: number;
  readonly postgresPort: number;
  readonly postgresPassword: string;
  /** The database is known to have the tables of this build. */
  readonly migrated: boolean;
  /** Handed to all apps as they are: log level, tracing, the settings of single apps. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Other people's servers instead of the embedded ones. */
  readonly brokers?: string | undefined;
  readonly databaseUrl?: string | undefined;
}

export const folders = (folder: string) => ({
  log: join(folder, 'log'),
  postgres: join(folder, 'postgres'),
  blobs: join(folder, 'blobs'),
  logs: join(folder, 'logs'),
  cache: join(folder, 'cache'),
});

export const logFileOf = (plan: Pick<Plan, 'folder'>, name: string) =>
  join(folders(plan.folder).logs, `${name}.log`);

export function postgresOf(plan: Plan): ServiceDefinition {
  const { binaries, user, postgresPort, postgresPassword, folder } = plan;
  const cluster = {
    binaries,
    user,
    data: folders(folder).postgres,
    port: postgresPort,
    password: postgresPassword,
  };
  return postgresService(cluster, logFileOf(plan, 'postgres'));
}

export function brokerOf(plan: Plan): ServiceDefinition {
  const env = { ...plan.env, BROKER_PORT: String(plan.brokerPort), BROKER_DATA: folders(plan.folder).log };
  return appService({ dist: plan.dist, app: 'broker', env, logFile: logFileOf(plan, 'broker') });
}

/** @param name what this copy is called, where there are several. */
export function appOf(plan: Plan, app: AppName, name: string = app): ServiceDefinition {
  return appService(optionsOf(plan, app, name));
}

/** Runs the migrations of an app to their end. */
export function migrate(plan: Plan, app: AppName, said: (chunk: Buffer) => void): Promise<void> {
  return runApp({ ...optionsOf(plan, app, app), args: ['migrate'] }, said);
}

export const databaseOf = (plan: Plan) =>
  plan.databaseUrl ?? databaseUrl({ port: plan.postgresPort, password: plan.postgresPassword });

export const brokersOf = (plan: Plan) => plan.brokers ?? `127.0.0.1:${plan.brokerPort}`;

function optionsOf(plan: Plan, app: AppName, name: string): AppOptions {
  const env = {
    ...plan.env,
    KAFKA_BROKERS: brokersOf(plan),
    DATABASE_URL: databaseOf(plan),
    BLOBS_DIR: folders(plan.folder).blobs,
    ...(app === 'gateway'
      ? { GATEWAY_HOST: plan.gateway.host, GATEWAY_PORT: String(plan.gateway.port) }
      : {}),
  };
  return { dist: plan.dist, app, name, env, logFile: logFileOf(plan, name) };
}
