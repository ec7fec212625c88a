import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { Dialog } from '../parts/dialog.js';
import { importAsked } from './import-state.js';

export const keysShown = signal(false);

const written: ReadonlySet<string> = new Set(['text', 'search']);

/** Where letters are text: a field for files or a choice takes none. */
const isTyping = (target: EventTarget | null): boolean =>
  (target instanceof HTMLInputElement && written.has(target.type)) ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement;

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.key === '/') {
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === 'n') {
    event.preventDefault();
    importAsked.value = { files: [], into: null };
  } else if (event.key === '?') {
    keysShown.value = true;
  }
}

const keys = [
  ['/', 'find: jumps into the field for searching'],
  ['n', 'new collection from files'],
  ['← →', 'walk the bars of a chart; Home and End go to its ends'],
  ['Enter', 'open the posts behind a bar or a number'],
  ['Esc', 'close a question'],
  ['?', 'this list'],
] as const;

export function Keys() {
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  if (!keysShown.value) return null;
  return (
    <Dialog title="All keys" onClose={() => (keysShown.value = false)}>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <>
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" class="button" onClick={() => (keysShown.value = false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
