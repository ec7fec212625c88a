import type { Rebuild } from '#libs/api';

import { counted } from '../format/numbers.js';

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
export function outcomeOf({ kind, state, error, compared }: Rebuild): {
  title: string;
  say: string;
  good: boolean;
} {
  if (state === 'failed') {
    return {
      title: 'It failed.',
      say: `${error ?? 'No reason is known.'} The live tables are untouched.`,
      good: false,
    };
  }
  const { tables, rows, differing } = compared ?? { tables: 0, rows: 0, differing: 0 };
  const over = `Compared ${counted(tables, 'table')}, ${counted(rows, 'row')}`;
  const live = kind === 'rebuild' ? '; the new tables, made from the events, are live now.' : '.';
  const title = differing === 0 ? 'No differences.' : `${counted(differing, 'row differs', 'rows differ')}.`;
  return { title, say: over + live, good: differing === 0 };
}
