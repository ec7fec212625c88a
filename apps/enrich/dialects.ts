import type { RecordFormat } from '#libs/events';

import type { Json } from './platforms/json.js';
import type { Reading } from './platforms/reading.js';
import { readArchive } from './platforms/x/archive.js';
import { readV1 } from './platforms/x/v1.js';
import { readV2 } from './platforms/x/v2.js';

/** Reads a record of one shape; null where nothing can be made of it. */
export type Dialect = (record: Json) => Reading | null;

/** Who reads what. A format that is not here is no post. */
export type Dialects = Readonly<Partial<Record<RecordFormat, Dialect>>>;

export const dialects: Dialects = { 'x.v1': readV1, 'x.v2': readV2, 'x.archive': readArchive };
