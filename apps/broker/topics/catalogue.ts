import { crc32c } from '@node-rs/crc32';

import { DamagedLog } from '../log/damage.js';
import { type Files, readWhole, replaceFile } from '../log/files.js';
import { type ConfigOverrides } from './topic-config.js';

export interface TopicEntry {
  readonly name: string;
  /** Below `topics/`. Numbered: a topic made again never meets the files of the one deleted. */
  readonly folder: string;
  readonly partitions: number;
  readonly configs: ConfigOverrides;
}

/** All that the broker knows beside the logs. Small, and written as a whole. */
export interface Catalogue {
  readonly clusterId: string;
  readonly nextFolder: number;
  /** Producer ids below this may have been given away. */
  readonly nextProducerId: number;
  readonly topics: readonly TopicEntry[];
}

const NAME = 'catalogue';

export async function saveCatalogue(files: Files, folder: string, catalogue: Catalogue): Promise<void> {
  const body = JSON.stringify(catalogue);
  await replaceFile(files, folder, NAME, Buffer.from(`${crc32c(body)}\n${body}\n`));
}

/** Undefined in a new folder. */
export async function loadCatalogue(files: Files, folder: string): Promise<Catalogue | undefined> {
  const content = (await readWhole(files, `${folder}/${NAME}`))?.toString('utf8');
  if (content === undefined) return undefined;
  const [sum, body] = content.split('\n');
  if (body === undefined || Number(sum) !== crc32c(body)) {
    throw new DamagedLog(
      `${folder}/${NAME} is damaged: nobody knows which topics there are. Restore the data folder from a copy.`,
    );
  }
  // The checksum holds, so these are our own bytes.
  return JSON.parse(body) as Catalogue;
}
