import type { Rebuild } from '#libs/api';

import { type Context, printJson, say } from '../context.js';
import { CommandError } from '../failure.js';
import { Progress } from '../progress.js';
import { number, plain, plural, shorten } from '../terminal.js';

const phases: Readonly<Record<Rebuild['state'], string>> = {
  queued: 'waiting for its turn',
  replaying: '',
  comparing: 'comparing',
  switching: 'switching',
  completed: '',
  failed: '',
};

/** Counts everything anew beside the live tables and switches over. */
export async function rebuild(context: Context, from: Rebuild['from']): Promise<void> {
  const done = await ended(context, await context.client.post<Rebuild>('/rebuilds', { from }));
  if (context.json) printJson(context, done);
  if (done.state === 'failed') throw failure('rebuild', done);
  if (context.json) return;
  const { compared, progress } = done;
  const changed = compared && compared.differing > 0 ? plural(compared.differing, 'row') : 'no row';
  say(
    context,
    `Everything was counted anew from the ${from} log (${plural(progress.done, 'record')}). ` +
      `Compared with before, ${changed} changed. Readers noticed nothing.`,
  );
}

/** Counts everything anew, compares, and switches nothing. @throws when any key differs. */
export async function verify(context: Context): Promise<void> {
  const done = await ended(context, await context.client.post<Rebuild>('/verifications'));
  if (context.json) printJson(context, done);
  if (done.state === 'failed') throw failure('verification', done);
  const { compared, differences } = done;
  if (!compared) throw new CommandError('The verification ended without having compared anything.');
  if (!context.json) {
    for (const { table, key, live, replayed } of differences) {
      say(context, `${table} ${plain(key)}: live ${shown(live)}, replayed ${shown(replayed)}`);
    }
  }
  if (compared.differing > 0) throw new CommandError(differSentence(compared.differing, differences.length));
  if (context.json) return;
  say(
    context,
    `Replay and live tables are equal: ${plural(compared.rows, 'row')} in ${plural(compared.tables, 'table')} compared.`,
  );
}

const shown = (value: string | null) => (value === null ? '(missing)' : shorten(value, 200));

function differSentence(differing: number, listed: number): string {
  const more = differing > listed ? ` The first ${number(listed)} are listed.` : '';
  return `${plural(differing, 'key')} of the live tables ${differing === 1 ? 'is' : 'are'} not what the log says.${more} "murmur rebuild" puts them right.`;
}

async function ended(context: Context, requested: Rebuild): Promise<Rebuild> {
  const progress = new Progress(context.terminal, 'Replaying');
  try {
    let now = requested;
    while (now.state !== 'completed' && now.state !== 'failed') {
      progress.update(now.progress.done, now.progress.total, phases[now.state]);
      await context.pause();
      now = await context.client.get<Rebuild>(`/rebuilds/${requested.id}`);
    }
    return now;
  } finally {
    progress.end();
  }
}

const failure = (what: string, { error }: Rebuild) =>
  new CommandError(
    `The ${what} failed. ${plain(error ?? 'The server gives no reason.')} The live tables are untouched.`,
  );
