import type { Media } from '#libs/events';

import { count, list, object, text } from '../json.js';

export function mediaType(type: unknown): Media['type'] {
  return type === 'photo' || type === 'video' || type === 'animated_gif' ? type : 'other';
}

/** Address of the file with the highest bit rate; a GIF's only one has the bit rate 0. Playlists are no files. */
export function bestVideo(variants: unknown): string | null {
  let best: string | null = null;
  let highest = -1;
  for (const entry of list(variants)) {
    const variant = object(entry);
    if (variant?.content_type !== 'video/mp4') continue;
    const rate = count(variant.bitrate ?? variant.bit_rate) ?? 0;
    const url = text(variant.url);
    if (url === null || rate <= highest) continue;
    best = url;
    highest = rate;
  }
  return best;
}
