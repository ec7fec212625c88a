import type { Post } from '#libs/events';

import type { Reading } from '../platforms/reading.js';

/** Adds one kind of data to the post being made, out of what the dialect read. Independent of the others. */
export type Hydrator = (reading: Reading, post: Post) => void;
