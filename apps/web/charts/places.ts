import type { GeoRow } from '#libs/api';

export interface Place {
  readonly lon: number;
  readonly lat: number;
  readonly exact: boolean;
  readonly posts: number;
}

/** How far apart circles must be, in degrees: closer ones could not be told apart on a map of the world. */
const GRAIN = 0.5;

interface Heap {
  lon: number;
  lat: number;
  readonly exact: boolean;
  posts: number;
}

/** Posts at nearly the same spot become one circle in their middle; biggest first, so that small ones are drawn on top. */
export function gather(rows: readonly Pick<GeoRow, 'lon' | 'lat' | 'exact'>[]): Place[] {
  const heaps = new Map<string, Heap>();
  for (const { lon, lat, exact } of rows) {
    const key = `${Math.round(lon / GRAIN)} ${Math.round(lat / GRAIN)} ${exact}`;
    const heap = heaps.get(key) ?? { lon: 0, lat: 0, exact, posts: 0 };
    heap.lon += lon;
    heap.lat += lat;
    heap.posts += 1;
    heaps.set(key, heap);
  }
  return [...heaps.values()]
    .map(({ lon, lat, exact, posts }) => ({ lon: lon / posts, lat: lat / posts, exact, posts }))
    .sort((a, b) => b.posts - a.posts || a.lon - b.lon);
}

export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

const SIDE = 25;
const SHARE = 0.4;

const inside = (box: Box, place: Place): boolean =>
  place.lon >= box.west && place.lon < box.east && place.lat >= box.south && place.lat < box.north;

/** The corners of all 25° boxes, in steps of 5°, that hold this cell. */
function cornersAround(cell: string): [x: number, y: number][] {
  const [x = 0, y = 0] = cell.split(' ').map(Number);
  const steps = Array.from({ length: SIDE / 5 }, (_, i) => i);
  return steps.flatMap((dx) => steps.map((dy): [number, number] => [x - dx, y - dy]));
}

/** The 25° box that holds most posts, if it holds 40 % of them; looked for in steps of 5°. */
export function densest(places: readonly Place[]): Box | null {
  const all = places.reduce((sum, place) => sum + place.posts, 0);
  const cells = new Map<string, number>();
  for (const place of places) {
    const cell = `${Math.floor(place.lon / 5)} ${Math.floor(place.lat / 5)}`;
    cells.set(cell, (cells.get(cell) ?? 0) + place.posts);
  }
  let best = { posts: 0, box: boxAt(0, 0) };
  for (const [x, y] of [...cells.keys()].flatMap(cornersAround)) {
    const posts = sumOf(cells, x, y);
    if (posts > best.posts) best = { posts, box: boxAt(x, y) };
  }
  return best.posts > 0 && best.posts >= SHARE * all ? centred(best.box, places) : null;
}

const boxAt = (x: number, y: number): Box => ({
  west: x * 5,
  south: y * 5,
  east: x * 5 + SIDE,
  north: y * 5 + SIDE,
});

function sumOf(cells: ReadonlyMap<string, number>, x: number, y: number): number {
  let sum = 0;
  for (let i = 0; i < SIDE / 5; i += 1) {
    for (let j = 0; j < SIDE / 5; j += 1) sum += cells.get(`${x + i} ${y + j}`) ?? 0;
  }
  return sum;
}

/** The same box moved so that what it holds lies in its middle; no posts may fall out. */
function centred(box: Box, places: readonly Place[]): Box {
  const held = places.filter((place) => inside(box, place));
  const lons = held.map((place) => place.lon);
  const lats = held.map((place) => place.lat);
  const lon = (Math.min(...lons) + Math.max(...lons)) / 2;
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const west = Math.max(-180, Math.min(180 - SIDE, lon - SIDE / 2));
  const south = Math.max(-60, Math.min(84 - SIDE, lat - SIDE / 2));
  return { west, south, east: west + SIDE, north: south + SIDE };
}
