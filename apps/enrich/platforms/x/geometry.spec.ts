import { describe, expect, it } from '@jest/globals';

import { readBbox, readPoint, readRing, readSwappedPoint } from './geometry.js';

describe('places of X', () => {
  it('take 0 for the coordinate it is, and numbers written as text', () => {
    expect(readPoint({ type: 'Point', coordinates: [0, 0] })).toEqual([0, 0]);
    expect(readPoint({ type: 'Point', coordinates: ['-122.4', '37.5'] })).toEqual([-122.4, 37.5]);
  });

  it('have latitude first where the platform has', () => {
    expect(readSwappedPoint({ type: 'Point', coordinates: [37.5, -122.4] })).toEqual([-122.4, 37.5]);
  });

  it.each([
    {},
    null,
    { type: 'Point', coordinates: [] },
    { type: 'Polygon', coordinates: [[[1, 2]]] },
    [1, 2],
  ])('%j is no point', (geometry) => {
    expect(readPoint(geometry)).toBeNull();
  });

  it('are nowhere beyond the poles', () => {
    expect(readPoint({ type: 'Point', coordinates: [10, 91] })).toBeNull();
  });

  it('are boxes around their ring', () => {
    const ring = [
      [-74, 40],
      [-73, 40],
      [-73, 41],
      [-74, 41],
    ];
    expect(readRing(ring)).toEqual({ west: -74, south: 40, east: -73, north: 41 });
    expect(readRing([ring[2], ring[3], ring[0], ring[1]])).toEqual(readRing(ring));
    expect(readRing([[5, 6]])).toEqual({ west: 5, south: 6, east: 5, north: 6 });
  });

  it('keep west beyond east across the date line', () => {
    const fiji = [
      [177, -19],
      [-178, -19],
      [-178, -16],
      [177, -16],
    ];
    expect(readRing(fiji)).toEqual({ west: 177, south: -19, east: -178, north: -16 });
    expect(readBbox([177, -19, -178, -16])).toEqual(readRing(fiji));
  });

  it('are nowhere without a box', () => {
    expect(readRing(undefined)).toBeNull();
    expect(readRing([[1], 'x'])).toBeNull();
    expect(readBbox([1, 2, 3])).toBeNull();
  });
});
