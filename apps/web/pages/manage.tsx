import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { Collection, Problem } from '#libs/api';

import { explain, send } from '../data/client.js';
import { pages, rest } from '../data/links.js';
import { counted } from '../format/numbers.js';
import { Dialog } from '../parts/dialog.js';
import { ProblemNotice } from '../parts/state.js';

interface Props {
  readonly collection: Collection;
  readonly onClose: () => void;
}

export function Rename({ collection, onClose }: Props) {
  const [name, setName] = useState(collection.name);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = (event: Event): void => {
    event.preventDefault();
    send('PATCH', rest.collection(collection.id), { name: name.trim() }).then(onClose, (error: unknown) =>
      setProblem(explain(error)),
    );
  };
  return (
    <Dialog title="Rename the collection" onClose={onClose}>
      <form onSubmit={save}>
        <label class="label">
          Name
          <span class="field">
            <input
              value={name}
              maxLength={200}
              required
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </span>
        </label>
        {problem && <ProblemNotice problem={problem} />}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" class="button primary" disabled={name.trim() === ''}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Delete({ collection, onClose }: Props) {
  const { route } = useLocation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = (): void => {
    setBusy(true);
    send('DELETE', rest.collection(collection.id)).then(
      () => route(pages.collections),
      (error: unknown) => {
        setProblem(explain(error));
        setBusy(false);
      },
    );
  };
  return (
    <Dialog title={`Delete “${collection.name}”?`} onClose={onClose}>
      <p class="sub">
        Its {counted(collection.totals.posts, 'post')} and every number made of them go from the tables and
        from this page at once, and it cannot be taken back. The bytes of the posts stay in the log until the
        erasure run removes them; nobody can reach them from here.
      </p>
      {problem && <ProblemNotice problem={problem} />}
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="button danger" disabled={busy} onClick={remove}>
          Delete the collection
        </button>
      </div>
    </Dialog>
  );
}
