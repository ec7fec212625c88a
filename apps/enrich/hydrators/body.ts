import type { Hydrator } from './hydrator.js';

const ESCAPED = /&(amp|lt|gt);/g;
const MEANS = { amp: '&', lt: '<', gt: '>' } as const;

/** The text as its author wrote it: the platform escapes exactly these three characters, once. */
export const body: Hydrator = (reading, post) => {
  const { text } = reading;
  post.text = text.includes('&') ? text.replace(ESCAPED, (_, name: keyof typeof MEANS) => MEANS[name]) : text;
};
