import { useState } from 'preact/hooks';

import type { Job, Problem } from '#libs/api';

import { explain, send } from '../data/client.js';
import { rest } from '../data/links.js';
import { bytes, count, percent } from '../format/numbers.js';
import { Dialog } from '../parts/dialog.js';
import { ProblemNotice, Progress, State } from '../parts/state.js';
import { doingOf, isActive, sourcesLine } from './doing.js';

type Stage = Job['stages']['collect'];

const amount = (n: number, unit: Stage['unit']): string => (unit === 'bytes' ? bytes(n) : count(n));

/** How far each stage is: one bar beside the other, in the order in which the records go. */
function Stages({ job }: { job: Job }) {
  const stopped = job.state === 'failed' || job.state === 'cancelled';
  const stages = [
    ...(job.kind === 'upload' ? [{ name: 'Uploaded', ...job.stages.upload }] : []),
    { name: 'Read', ...job.stages.collect },
    { name: 'Counted', ...job.stages.count },
  ];
  return (
    <ol class="stages">
      {stages.map(({ name, done, total, unit }) => (
        <li key={name}>
          <Progress
            done={done}
            total={total}
            label={name}
            stopped={stopped && total !== null && done < total}
          />
          {name}{' '}
          <span class="ink3">
            {total !== null && total > 0 && done < total ? percent(done, total) : amount(done, unit)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Cancel({ job, onClose }: { job: Job; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const cancel = (): void => {
    send('POST', rest.cancel(job.id)).then(onClose, (error: unknown) => setProblem(explain(error)));
  };
  return (
    <Dialog title="Cancel this job?" onClose={onClose}>
      <p class="sub">
        What was read until now stays and is counted. The rest of the file is not read; it can be imported
        again later, known posts count once.
      </p>
      {problem && <ProblemNotice problem={problem} />}
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          Let it run
        </button>
        <button type="button" class="button danger" onClick={cancel}>
          Cancel the job
        </button>
      </div>
    </Dialog>
  );
}

function JobItem({ job, onChange }: { job: Job; onChange: () => void }) {
  const [asking, setAsking] = useState(false);
  const doing = doingOf(job);
  const close = (): void => {
    setAsking(false);
    onChange();
  };
  return (
    <li class="job">
      <div class="job-head">
        <State tone={doing.tone} icon={doing.icon}>
          {doing.words}
        </State>
        {isActive(job) && (
          <p class="end">
            <button type="button" class="link" onClick={() => setAsking(true)}>
              Cancel
            </button>
          </p>
        )}
      </div>
      {job.state !== 'completed' && <Stages job={job} />}
      <p>{doing.say}</p>
      <p class="ink3">
        <bdi>{job.kind === 'replay' ? 'records that could not be read, once more' : sourcesLine([job])}</bdi>
      </p>
      {isActive(job) && (
        <p class="ink3">You may close this page; it goes on, and after a restart from where it was.</p>
      )}
      {asking && <Cancel job={job} onClose={close} />}
    </li>
  );
}

/** What feeds the collection: those that move first, then the newest; the others on demand. */
export function Jobs({ jobs, onChange }: { jobs: readonly Job[]; onChange: () => void }) {
  const [all, setAll] = useState(false);
  const sorted = [...jobs.filter(isActive), ...jobs.filter((job) => !isActive(job))];
  const shown = all ? sorted : sorted.slice(0, Math.max(2, jobs.filter(isActive).length));
  return (
    <section aria-label="Jobs">
      <ul aria-live="off">
        {shown.map((job) => (
          <JobItem key={job.id} job={job} onChange={onChange} />
        ))}
      </ul>
      {shown.length < sorted.length && (
        <button type="button" class="link note-text" onClick={() => setAll(true)}>
          {count(sorted.length - shown.length)} earlier
        </button>
      )}
    </section>
  );
}
