import type { Rebuild } from '#libs/api';

export const isEnded = ({ state }: Rebuild): boolean => state === 'completed' || state === 'failed';

const order: readonly Rebuild['state'][] = ['queued', 'replaying', 'comparing', 'switching', 'completed'];

export interface Step {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly current: boolean;
}

/** The steps of a rebuild (a verification only compares), each with how far it is. */
export function stepsOf(rebuild: Rebuild): Step[] {
  const at = order.indexOf(rebuild.state);
  const steps: readonly [name: string, state: Rebuild['state']][] = [
    ['Replay', 'replaying'],
    ['Compare', 'comparing'],
    ...(rebuild.kind === 'rebuild' ? [['Switch', 'switching'] as [string, Rebuild['state']]] : []),
  ];
  return steps.map(([name, state]) => {
    const own = order.indexOf(state);
    const current = rebuild.state === state;
    if (at > own) return { name, done: 1, total: 1, current };
    if (current && state === 'replaying')
      return { name, done: rebuild.progress.done, total: rebuild.progress.total ?? 0, current };
    return { name, done: 0, total: 1, current };
  });
}

/** What a rebuild or verification came to, as a title and a sentence. */
export function outcomeOf(rebuild: Rebuild): { title: string; say: string; good: boolean } {
  const differing = rebuild.compared?.differing ?? 0;
  const rows = rebuild.compared?.rows ?? 0;
  const over = `${(rebuild.compared?.tables ?? 0).toLocaleString('en-US')} tables, ${rows.toLocaleString('en-US')} rows`;
  if (rebuild.state === 'failed') {
    return {
      title: 'It failed.',
      say: `${rebuild.error ?? 'No reason is known'} The live tables are untouched.`,
      good: false,
    };
  }
  if (differing > 0) {
    const title = `${differing.toLocaleString('en-US')} ${differing === 1 ? 'row differs' : 'rows differ'}.`;
    const say =
      rebuild.kind === 'rebuild'
        ? `Compared ${over}; the new tables, made from the events, are live now.`
        : `Compared ${over}.`;
    return { title, say, good: false };
  }
  const say = rebuild.kind === 'rebuild' ? `Compared ${over}; the new tables are live.` : `Compared ${over}.`;
  return { title: 'No differences.', say, good: true };
}
