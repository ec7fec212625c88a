import type { Post } from '#libs/events';

/** [longitude, latitude] in degrees. */
export type Point = readonly [lon: number, lat: number];

/** Degrees; `west` greater than `east` where the box lies across the date line. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/**
 * What a dialect reads out of a record: a post whose text, client and place are still as the platform wrote them. The
 * hydrators make those of it. `text` has the platform's escapes, `client` its markup.
 */
export interface Reading extends Omit<Post, 'text' | 'source' | 'geo'> {
  readonly text: string;
  readonly client: string;
  readonly point: Point | null;
  readonly box: Box | null;
}
