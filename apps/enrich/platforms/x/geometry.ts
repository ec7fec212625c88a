import { degrees, list, object } from '../json.js';
import type { Box, Point } from '../reading.js';

/** A GeoJSON point; null for another geometry, an empty object, and what is not on earth. */
export function readPoint(geometry: unknown): Point | null {
  const point = object(geometry);
  if (!point || (point.type !== undefined && point.type !== 'Point')) return null;
  const [lon, lat] = list(point.coordinates);
  return onEarth(lon, lat);
}

/** The deprecated `geo` of v1.1, which has latitude first. */
export function readSwappedPoint(geometry: unknown): Point | null {
  const point = object(geometry);
  if (!point || (point.type !== undefined && point.type !== 'Point')) return null;
  const [lat, lon] = list(point.coordinates);
  return onEarth(lon, lat);
}

/** The box around a ring of [longitude, latitude], whatever corner it begins with. */
export function readRing(ring: unknown): Box | null {
  const corners = list(ring).map((corner) => {
    const [lon, lat] = list(corner);
    return onEarth(lon, lat);
  });
  const [first] = corners;
  const third = corners[2] ?? first;
  if (!first || !third || corners.includes(null)) return null;
  const points = corners.filter((corner) => corner !== null);
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  // Rings begin in the south-west and have the north-east third: only across the date line is that far to the west.
  const crosses = first[0] - third[0] > 180;
  return {
    west: crosses ? first[0] : Math.min(...lons),
    south: Math.min(...lats),
    east: crosses ? third[0] : Math.max(...lons),
    north: Math.max(...lats),
  };
}

/** A GeoJSON bbox: [west, south, east, north]. */
export function readBbox(bbox: unknown): Box | null {
  const [west, south, east, north] = list(bbox);
  const southWest = onEarth(west, south);
  const northEast = onEarth(east, north);
  if (!southWest || !northEast) return null;
  return { west: southWest[0], south: southWest[1], east: northEast[0], north: northEast[1] };
}

function onEarth(lon: unknown, lat: unknown): Point | null {
  const x = degrees(lon);
  const y = degrees(lat);
  if (x === null || y === null || Math.abs(x) > 180 || Math.abs(y) > 90) return null;
  return [x, y];
}
