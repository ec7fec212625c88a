import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { findServer } from './address.js';
import { Client } from './api/client.js';
import { generate } from './commands/generate.js';
import { importFiles } from './commands/import.js';
import { cancelJob, showCollections, showJobs, showRejections, showStatus } from './commands/lists.js';
import { rebuild, verify } from './commands/rebuild.js';
import { type Context, pollPause } from './context.js';
import { CommandError } from './failure.js';
import { print, type Terminal } from './terminal.js';

export interface Surroundings {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pause?: () => Promise<void>;
}

interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** Runs one command line (without `node` and the program's path). @returns the exit code. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  const program = build(surroundings);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof CommandError)) throw error;
    print(terminal.err, error.message);
    return 1;
  }
}

function build(surroundings: Surroundings): Command {
  const { terminal, env } = surroundings;
  const program = new Command('murmur')
    .description(
      'Collects posts as events and keeps every count of them live. A client of a running Murmuration.',
    )
    .option('--url <address>', 'address of the server (MURMUR_URL; else the one that runs here)')
    .option('--token <token>', 'token of a server that others can reach (MURMUR_TOKEN)')
    .option('--json', 'print JSON, for machines')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    });
  const context = (): Context => {
    const { url, token, json } = program.opts<GlobalOptions>();
    const address = (url ?? (env.MURMUR_URL || findServer(env))).replace(/\/+$/u, '');
    if (!URL.canParse(address))
      throw new CommandError(`"${address}" is no address. It looks like http://127.0.0.1:8080`);
    return {
      client: new Client(address, token ?? (env.MURMUR_TOKEN || undefined)),
      terminal: json ? { ...terminal, interactive: false } : terminal,
      json: json ?? false,
      pause: surroundings.pause ?? pollPause,
    };
  };
  addServerCommands(program, context);
  program.addCommand(generateCommand(terminal).copyInheritedSettings(program));
  return program;
}

function addServerCommands(program: Command, context: () => Context): void {
  program
    .command('import')
    .description('hand over files or folders of posts, wait until all is counted, show the summary')
    .argument('<file...>', 'files of any known format, plain, .gz or .zip; or folders')
    .option('--collection <id>', 'add to this collection instead of a new one')
    .option('--name <name>', 'what the new collection is called')
    .action((files: string[], options: { collection?: string; name?: string }) =>
      importFiles(context(), files, options),
    );
  program
    .command('collections')
    .description('list the collections')
    .action(() => showCollections(context()));
  program
    .command('jobs')
    .description('list the jobs')
    .action(() => showJobs(context()));
  program
    .command('cancel')
    .description('cancel a job; what it has read stays counted')
    .argument('<job>')
    .action((job: string) => cancelJob(context(), job));
  program
    .command('rejections')
    .description('list what could not be read, and why')
    .argument('<collection>')
    .action((collection: string) => showRejections(context(), collection));
  program
    .command('rebuild')
    .description('count everything anew beside the live tables, then switch over')
    .addOption(
      new Option('--from <log>', 'the log to count from').choices(['enriched', 'raw']).default('enriched'),
    )
    .action(({ from }: { from: 'raw' | 'enriched' }) => rebuild(context(), from));
  program
    .command('verify')
    .description('count everything anew and compare; exit code 1 when any key differs')
    .action(() => verify(context()));
  program
    .command('status')
    .description('what the server does right now')
    .action(() => showStatus(context()));
}

interface GenerateOptions {
  readonly posts: number;
  readonly seed: number;
  readonly out?: string;
  readonly format: 'v1' | 'v2';
  readonly start: Date;
  readonly days: number;
  readonly duplicates: number;
  readonly broken: number;
}

function generateCommand(terminal: Terminal): Command {
  return new Command('generate')
    .description('write generated posts, marked as such; the same seed gives the same bytes')
    .requiredOption('--posts <n>', 'how many', integer(1))
    .requiredOption('--seed <n>', 'a whole number below 2^31', integer(0, 2 ** 31 - 1))
    .option('--out <file>', 'write to a file (default: standard output)')
    .addOption(new Option('--format <format>', 'of X: v1.1 or v2').choices(['v1', 'v2']).default('v1'))
    .option('--start <time>', 'when the story begins (ISO 8601)', instant, new Date('2026-11-17T00:00:00Z'))
    .option('--days <n>', 'how long it lasts', share(0.01, 3_650), 4.5)
    .option('--duplicates <share>', 'further copies per post, 0 to 1 (v1)', share(0, 1), 0)
    .option('--broken <share>', 'unreadable lines per post, 0 to 1 (v1)', share(0, 1), 0)
    .action((options: GenerateOptions) => generate(terminal, { file: options.out ?? null, options }));
}

function integer(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/u.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
  };
}

function share(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A number from ${least} to ${most} is needed.`);
  };
}

function instant(text: string): Date {
  const time = new Date(text);
  if (time.getTime() > Date.parse('2010-11-05') && time.getTime() < Date.parse('2080-01-01')) return time;
  throw new InvalidArgumentError('A time like 2026-11-17T00:00:00Z is needed, from 2010-11-05 on.');
}
