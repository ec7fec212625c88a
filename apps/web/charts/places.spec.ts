import { describe, expect, it } from '@jest/globals';

import { densest, gather } from './places.js';

const point = (lon: number, lat: number, exact = true) => ({ lon, lat, exact });

describe('places on the map', () => {
  it('gathers posts of nearly the same spot, exact ones apart from centres', () => {
    const places = gather([point(9.99, 53.55), point(9.98, 53.56), point(9.99, 53.55, false), point(0, 0)]);
    expect(places.map(({ posts, exact }) => [posts, exact])).toEqual([
      [2, true],
      [1, true],
      [1, false],
    ]);
    expect(places[0]?.lon).toBeCloseTo(9.985);
  });

  it('enlarges the part that holds two fifths of the posts, and all of them lie within', () => {
    const rows = [
      ...Array.from({ length: 6 }, (_, i) => point(8 + i, 53)),
      point(-74, 40),
      point(139, 35),
      point(31, 30),
    ];
    const box = densest(gather(rows));
    expect(box).not.toBeNull();
    expect(box && [8, 13].every((lon) => lon >= box.west && lon <= box.east)).toBe(true);
    expect(box && box.east - box.west).toBe(25);
  });

  it('enlarges nothing where posts are spread over the world, or where there are none', () => {
    expect(densest(gather([point(-120, 40), point(0, 0), point(60, 50), point(140, -30)]))).toBeNull();
    expect(densest([])).toBeNull();
  });

  it('keeps the enlarged part on the map', () => {
    const box = densest(gather([point(179.9, 83)]));
    expect(box && box.east).toBeLessThanOrEqual(180);
    expect(box && box.north).toBeLessThanOrEqual(84);
  });
});
