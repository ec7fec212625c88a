import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

import { systemCode } from '../start-error.js';

const MAX_BYTES = 16 * 1024 * 1024;
const KEPT = 3;

/** A log that stays small: at `maxBytes` it becomes `<file>.1`, and what was `.3` goes. */
export class LogFile {
  #descriptor: number;
  #bytes: number;

  constructor(
    readonly path: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.#descriptor = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  /** Written at once: what a process said last is what one wants to read after a crash. */
  write(chunk: Buffer): void {
    if (this.#bytes > 0 && this.#bytes + chunk.length > this.maxBytes) this.#rotate();
    writeSync(this.#descriptor, chunk);
    this.#bytes += chunk.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    rmSync(`${this.path}.${KEPT}`, { force: true });
    for (let n = KEPT - 1; n >= 1; n -= 1) moveIfThere(`${this.path}.${n}`, `${this.path}.${n + 1}`);
    renameSync(this.path, `${this.path}.1`);
    this.#descriptor = openSync(this.path, 'a', 0o600);
    this.#bytes = 0;
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
