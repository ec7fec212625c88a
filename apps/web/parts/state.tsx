import type { ComponentChildren } from 'preact';

import type { Problem } from '#libs/api';

import { percent } from '../format/numbers.js';
import { Icon, type IconName } from './icon.js';

export type Tone = 'live' | 'calm' | 'wait' | 'fail';

/** An icon and words; only what waits or needs a person has a background. */
export const State = ({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon: IconName;
  children: ComponentChildren;
}) => (
  <span class={`state ${tone}`}>
    <Icon name={icon} />
    <span>{children}</span>
  </span>
);

interface NoticeProps {
  readonly tone: 'info' | 'wait' | 'fail';
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly action?: ComponentChildren;
}

const noticeIcon = { info: 'info', wait: 'wait', fail: 'fail' } as const;

/** What happened, what was not done, what to do. */
export const Notice = ({ tone, title, children, action }: NoticeProps) => (
  <div class={`notice ${tone}`} role={tone === 'fail' ? 'alert' : 'status'}>
    <Icon name={noticeIcon[tone]} />
    <p>
      <b>{title}</b> {children}
    </p>
    {action}
  </div>
);

const sentence = (text: string): string => (/[.?:]$/.test(text) ? text : `${text}.`);

export const ProblemNotice = ({ problem, action }: { problem: Problem; action?: ComponentChildren }) => (
  <Notice tone="fail" title={sentence(problem.title)} action={action}>
    {problem.detail}
    {problem.errors?.map((e) => (
      <span key={e.field}>
        {' '}
        <span class="mono">{e.field}</span>: {e.message}
      </span>
    ))}
  </Notice>
);

interface ProgressProps {
  readonly done: number;
  readonly total: number | null;
  readonly label: string;
  readonly stopped?: boolean;
}

/** A bar of 6 px. Without a total it stays empty rather than pretending. */
export function Progress({ done, total, label, stopped = false }: ProgressProps) {
  const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
  const known = total !== null && total > 0;
  return (
    <div
      class={stopped ? 'progress stopped' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(known ? { 'aria-valuenow': Math.floor(share * 100), 'aria-valuetext': percent(done, total) } : {})}
    >
      <i style={{ width: `${(share * 100).toFixed(2)}%` }} />
    </div>
  );
}
