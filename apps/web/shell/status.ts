import { computed, signal } from '@preact/signals';

import type { Status } from '#libs/api';

/** The newest answer of the server about itself, shared by the sky and every page's foot. */
export const status = signal<Status | null>(null);

/** The server's clock minus this machine's, in ms: "unfinished" and "today" are the server's to say. */
const skew = computed(() => (status.value ? Date.parse(status.value.now) - Date.now() : 0));

export const serverNow = (): Date => new Date(Date.now() + skew.value);

/** True while records are still on their way to the tables, or posts keep being counted. */
export const moving = computed(() => {
  const now = status.value;
  return now !== null && (now.records > now.counted || now.postsLastMinute > 0);
});
