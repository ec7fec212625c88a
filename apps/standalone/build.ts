import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { migratingApps } from './plan.js';
import { StartError, systemCode } from './start-error.js';

/**
 * Names the build of everything that makes tables: which files it has, how long they are and when they were written. A
 * database that this very build has migrated needs no migration, which is a third of the work of a start.
 */
export function buildOf(dist: string): string {
  const hash = createHash('sha256');
  for (const part of [...migratingApps.map((app) => join('apps', app)), join('libs', 'db')]) {
    const names = filesBelow(join(dist, part));
    for (const name of names.filter((file) => file.endsWith('.js')).toSorted()) {
      const { size, mtimeMs } = statSync(join(dist, part, name));
      hash.update(`${part}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('base64url');
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new StartError(`Murmuration is not built (${folder} is missing). Run: npm run build`);
  }
}
