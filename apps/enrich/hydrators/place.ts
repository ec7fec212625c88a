import type { Hydrator } from './hydrator.js';

/** Where a post was written: its exact point, else the centre of the place's box, marked as such; 0 is a coordinate. */
export const place: Hydrator = ({ point, box }, post) => {
  if (point) post.geo = { lon: point[0], lat: point[1], exact: true };
  else if (box) {
    const { west, south, east, north } = box;
    post.geo = { lon: middle(west, east), lat: (south + north) / 2, exact: false };
  }
};

/** Across the date line (west beyond east) the middle lies on the other side of the earth. */
function middle(west: number, east: number): number {
  if (west <= east) return (west + east) / 2;
  const across = (west + east + 360) / 2;
  return across > 180 ? across - 360 : across;
}
