import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import { pages } from '../data/links.js';
import { bytes, count, percent } from '../format/numbers.js';
import { duration } from '../format/time.js';
import { Dialog } from '../parts/dialog.js';
import { Icon } from '../parts/icon.js';
import { ProblemNotice, Progress } from '../parts/state.js';
import { chosenFiles } from './dropped.js';
import {
  type ImportQuestion,
  type NamedFile,
  importAsked,
  nameOf,
  sendFiles,
  stopUpload,
  upload,
} from './import-state.js';

const sum = (files: readonly NamedFile[]): number => files.reduce((n, { file }) => n + file.size, 0);

/** A field to choose files with; asks for the import at once when some are chosen. */
export function ChooseFiles({ onChoose }: { onChoose: (files: NamedFile[]) => void }) {
  return (
    <label class="drop-field">
      <input
        type="file"
        multiple
        class="only-readers"
        onChange={(event) => {
          const files = chosenFiles(event.currentTarget.files);
          event.currentTarget.value = '';
          if (files.length > 0) onChoose(files);
        }}
      />
      <Icon name="file" size={28} />
      <p>
        Drop files here, or <span class="link">choose some</span>
      </p>
      <p class="note-text">.json, .jsonl, .js, or the .zip of your X archive; also as .gz</p>
    </label>
  );
}

function Files({ files }: { files: readonly NamedFile[] }) {
  return (
    <ul class="note-text ink2">
      {files.slice(0, 4).map(({ file, path }) => (
        <li key={path}>
          <span class="mono">
            <bdi>{path}</bdi>
          </span>
          , {bytes(file.size)}
        </li>
      ))}
      {files.length > 4 && (
        <li>
          and {count(files.length - 4)} more, {bytes(sum(files))} in all
        </li>
      )}
    </ul>
  );
}

function Question({ asked }: { asked: ImportQuestion }) {
  const { route } = useLocation();
  const [files, setFiles] = useState<readonly NamedFile[]>(asked.files);
  const [name, setName] = useState(nameOf(asked.files));
  const [intoOpen, setIntoOpen] = useState(asked.into !== null);
  const close = (): void => {
    importAsked.value = null;
  };
  const choose = (chosen: NamedFile[]): void => {
    setFiles(chosen);
    setName(nameOf(chosen));
  };
  const start = (event: Event): void => {
    event.preventDefault();
    const target = intoOpen && asked.into ? { collection: asked.into.id } : { name: name.trim() };
    close();
    void sendFiles(files, target).then((job) => job && route(pages.collection(job.collection)));
  };
  return (
    <Dialog title="Import files" onClose={close}>
      <form onSubmit={start}>
        {files.length > 0 ? <Files files={files} /> : <ChooseFiles onChoose={choose} />}
        {asked.into && (
          <div role="radiogroup" aria-label="Where the posts go">
            <label class="radio">
              <input type="radio" name="into" checked={intoOpen} onChange={() => setIntoOpen(true)} />
              <span>
                into “<bdi>{asked.into.name}</bdi>”: known posts count once only
              </span>
            </label>
            <label class="radio">
              <input type="radio" name="into" checked={!intoOpen} onChange={() => setIntoOpen(false)} />
              <span>into a new collection</span>
            </label>
          </div>
        )}
        {!intoOpen && (
          <label class="label">
            Name of the new collection
            <span class="field">
              <input value={name} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} />
            </span>
          </label>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={close}>
            Not now
          </button>
          <button type="submit" class="button primary" disabled={files.length === 0}>
            Import
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export const ImportDialog = () => (importAsked.value ? <Question asked={importAsked.value} /> : null);

/** What is being sent, on every page, until it is whole. */
export function UploadTray() {
  const now = upload.value;
  if (!now) return null;
  const what = now.names.length === 1 ? (now.names[0] ?? '') : `${count(now.names.length)} files`;
  if (now.problem) {
    return (
      <div class="tray">
        <div>
          <ProblemNotice
            problem={now.problem}
            action={
              <button type="button" class="button small" onClick={stopUpload}>
                Close
              </button>
            }
          />
        </div>
      </div>
    );
  }
  const spent = Date.now() - now.startedAt;
  const left = now.sent > 0 ? (spent * (now.total - now.sent)) / now.sent : 0;
  const whole = now.sent >= now.total;
  return (
    <div class="tray">
      <div>
        <div class="job-head">
          <p class="strong">
            Uploading <bdi>{what}</bdi>
            {now.total > 0 && `, ${percent(now.sent, now.total)}`}
          </p>
          <p class="note-text ink2">
            {bytes(now.sent)} of {bytes(now.total)}
            {whole
              ? ', written to disk now'
              : spent > 3_000 && now.sent > 0
                ? `, about ${duration(left)} left`
                : ''}
          </p>
          <p class="end">
            <button type="button" class="link" onClick={stopUpload}>
              Stop
            </button>
          </p>
        </div>
        <Progress done={now.sent} total={now.total} label={`Upload of ${what}`} />
        <p class="foot">Keep this page open until the upload is whole; after that it may be closed.</p>
      </div>
    </div>
  );
}
