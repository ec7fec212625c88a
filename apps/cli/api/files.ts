import { type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';

import { CommandError } from '../failure.js';
import type { UploadFile } from './upload.js';

/** What an unpacked archive brings along and what can hold no posts. Only left out of folders, never when named. */
const noPosts = new Set(
  '.jpg .jpeg .png .gif .webp .mp4 .mov .m4a .mp3 .css .woff .woff2 .ttf .svg .ico .pdf'.split(' '),
);

export interface Chosen {
  readonly files: readonly UploadFile[];
  readonly leftOut: number;
}

/** The files that are named, and those below the folders that are named, under their paths from there. */
export async function chooseFiles(paths: readonly string[]): Promise<Chosen> {
  const files: UploadFile[] = [];
  let leftOut = 0;
  for (const path of paths) {
    const found = await stat(path).catch(() => {
      throw new CommandError(`There is no file or folder ${path}.`);
    });
    if (!found.isDirectory()) {
      files.push({ path, name: basename(path), bytes: found.size });
      continue;
    }
    const below = await filesBelow(resolve(path));
    const readable = below.filter((file) => !noPosts.has(extname(file.name).toLowerCase()));
    leftOut += below.length - readable.length;
    files.push(...readable);
  }
  if (files.length > 0) return { files, leftOut };
  throw new CommandError(`There is no file that could hold posts in ${paths.join(', ')}.`);
}

async function filesBelow(folder: string): Promise<UploadFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const visible = entries.filter((entry) => entry.isFile() && !isHidden(folder, entry));
  return Promise.all(
    visible.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size } = await stat(path);
      return {
        path,
        name: join(basename(folder), relative(folder, path)).replaceAll('\\', '/'),
        bytes: size,
      };
    }),
  );
}

const isHidden = (folder: string, entry: Dirent) =>
  relative(folder, join(entry.parentPath, entry.name))
    .split(/[/\\]/u)
    .some((part) => part.startsWith('.') || part === '__MACOSX');
