import { SingleBar } from 'cli-progress';

import { number, type Terminal } from './terminal.js';

/** What is going on, for a person: one line that is drawn over. Silent where nobody looks. */
export class Progress {
  #bar: SingleBar | null = null;

  constructor(
    terminal: Terminal,
    private readonly title: string,
    private readonly show: (value: number) => string = number,
  ) {
    if (!terminal.interactive) return;
    this.#bar = new SingleBar({
      stream: terminal.err,
      format: '{title} {bar} {percentage}%  {done} of {all}{note}',
      barCompleteChar: '━',
      barIncompleteChar: '┈',
      barsize: 30,
      hideCursor: true,
      clearOnComplete: true,
    });
    this.#bar.start(1, 0, { title, done: '–', all: '–', note: '' });
  }

  update(done: number, total: number | null, note = ''): void {
    if (!this.#bar) return;
    // While the total is unknown the bar stays empty: what is unknown is not drawn as known.
    this.#bar.setTotal(Math.max(1, total ?? 1));
    this.#bar.update(total === null ? 0 : Math.min(done, total), {
      title: this.title,
      done: this.show(done),
      all: total === null ? '?' : this.show(total),
      note: note === '' ? '' : `  ${note}`,
    });
  }

  end(): void {
    this.#bar?.stop();
  }
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** 12.4 MB */
export function bytes(amount: number): string {
  let value = amount;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}
