import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import fineUrl from 'world-atlas/land-50m.json?url';
import landUrl from 'world-atlas/land-110m.json?url';

import { call } from '../data/client.js';

export type Land = GeoJSON.FeatureCollection;

/** Antarctica would take a sixth of the map, and nobody posts from there. */
const north = (polygon: GeoJSON.Position[][]): boolean =>
  Math.max(...(polygon[0] ?? []).map(([, lat = 0]) => lat)) > -60;

function withoutAntarctica(land: Land): Land {
  for (const { geometry } of land.features) {
    if (geometry.type === 'MultiPolygon') geometry.coordinates = geometry.coordinates.filter(north);
  }
  return land;
}

async function load(url: string): Promise<Land> {
  const atlas = await call<Topology<{ land: GeometryCollection }>>(url);
  return withoutAntarctica(feature(atlas, atlas.objects.land));
}

const loaded = new Map<string, Promise<Land>>();

function once(url: string): Promise<Land> {
  const known = loaded.get(url);
  if (known) return known;
  const land = load(url);
  loaded.set(url, land);
  // A failed try must not be the last one.
  land.catch(() => loaded.delete(url));
  return land;
}

/** The coasts of the world, coarse. Rejects with OfflineError. */
export const worldLand = (): Promise<Land> => once(landUrl);

/** The same with more detail, for an enlarged part. */
export const fineLand = (): Promise<Land> => once(fineUrl);
