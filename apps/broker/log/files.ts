/**
 * All that the broker asks of a disk. Tests put another one beneath it: a disk that loses what was not synced.
 * Every method rejects with Node's own errors (`code` is ENOSPC, EIO …).
 */
export interface Files {
  /** `create` fails where the file exists; `write` and `read` fail where it does not. */
  open(path: string, mode: 'create' | 'write' | 'read'): Promise<OpenFile>;
  /** Names in a folder, sorted; empty where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** With the folders above it. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A file, or a folder with all that is in it; no error where there is none. */
  remove(path: string): Promise<void>;
  /** What was made, renamed or removed in the folder outlives a power cut from now on. */
  syncFolder(path: string): Promise<void>;
}

export interface OpenFile {
  size(): Promise<number>;
  /** Fills `into` from the front with up to `length` bytes. Returns how many there were. */
  read(into: Buffer, length: number, position: number): Promise<number>;
  /** Writes all of the buffers, one after the other. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  /** Content and size outlive a power cut from now on. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

const OUT_OF_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A write that failed for want of room may be tried again; every other failure of a disk ends the process. */
export function isOutOfSpace(error: unknown): boolean {
  return OUT_OF_SPACE.has(codeOf(error));
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** By shape, not by class: errors of the system come from another realm where code runs in a sandbox, as in Jest. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** The whole content, or undefined where there is no such file. */
export async function readWhole(files: Files, path: string): Promise<Buffer | undefined> {
  let file: OpenFile;
  try {
    file = await files.open(path, 'read');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const content = Buffer.allocUnsafe(await file.size());
    const length = await file.read(content, content.length, 0);
    return content.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Replaces a file as a whole: after a crash at any moment there is the old content or the new one, never a mixture. */
export async function replaceFile(
  files: Files,
  folder: string,
  name: string,
  content: Buffer,
): Promise<void> {
  const target = `${folder}/${name}`;
  const draft = `${target}.new`;
  await files.remove(draft);
  const file = await files.open(draft, 'create');
  try {
    await file.write([content], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(draft, target);
  await files.syncFolder(folder);
}
