import { type GeoProjection, geoEqualEarth, geoMercator, geoPath } from 'd3-geo';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';

import { count } from '../format/numbers.js';
import { type Land, fineLand, worldLand } from './land.js';
import { type Box, type Place, densest } from './places.js';
import { useWidth } from './use-width.js';

const EXTENT: GeoJSON.MultiPoint = {
  type: 'MultiPoint',
  coordinates: [
    [-168, -54],
    [180, -54],
    [180, 80],
    [-168, 80],
  ],
};

function useLand(load: () => Promise<Land>, wanted: boolean): Land | null {
  const [land, setLand] = useState<Land | null>(null);
  useEffect(() => {
    let here = true;
    if (wanted)
      void load().then(
        (found) => here && setLand(found),
        () => undefined,
      );
    return () => {
      here = false;
    };
  }, [wanted]);
  return land;
}

interface DotsProps {
  readonly places: readonly Place[];
  readonly projection: GeoProjection;
  readonly radius: (posts: number) => number;
}

const Dots = ({ places, projection, radius }: DotsProps) => (
  <>
    {places.map((place) => {
      const point = projection([place.lon, place.lat]);
      if (!point) return null;
      const where = `${place.lat.toFixed(2)}, ${place.lon.toFixed(2)}`;
      return (
        <circle
          key={`${place.lon} ${place.lat} ${place.exact}`}
          class={place.exact ? 'exact' : 'centre'}
          cx={point[0].toFixed(1)}
          cy={point[1].toFixed(1)}
          r={radius(place.posts).toFixed(1)}
        >
          <title>{`${count(place.posts)} ${place.posts === 1 ? 'post' : 'posts'} at ${where}`}</title>
        </circle>
      );
    })}
  </>
);

interface InsetProps extends Omit<DotsProps, 'projection'> {
  readonly box: Box;
  readonly size: number;
  readonly top: number;
  readonly land: Land;
}

function Inset({ box, size, top, land, places, radius }: InsetProps) {
  const id = useId();
  const projection = geoMercator().fitExtent(
    [
      [0, 0],
      [size, size],
    ],
    {
      type: 'MultiPoint',
      coordinates: [
        [box.west, box.south],
        [box.east, box.north],
      ],
    },
  );
  const within = places.filter(
    (p) => p.lon >= box.west && p.lon <= box.east && p.lat >= box.south && p.lat <= box.north,
  );
  return (
    <g transform={`translate(0 ${top})`}>
      <clipPath id={id}>
        <rect width={size} height={size} />
      </clipPath>
      <text class="inset-title" x="0" y="-7">
        The densest part, larger
      </text>
      <rect class="inset-paper" width={size} height={size} />
      <g clip-path={`url(#${id})`}>
        <path class="land" d={geoPath(projection)(land) ?? ''} />
        <Dots places={within} projection={projection} radius={radius} />
      </g>
      <rect class="inset-edge" x=".5" y=".5" width={size - 1} height={size - 1} />
    </g>
  );
}

function Frame({ box, projection }: { box: Box; projection: GeoProjection }) {
  const a = projection([box.west, box.north]);
  const b = projection([box.east, box.south]);
  if (!a || !b) return null;
  return (
    <rect
      class="frame"
      x={a[0]}
      y={a[1]}
      width={Math.max(4, b[0] - a[0])}
      height={Math.max(4, b[1] - a[1])}
    />
  );
}

/** Where posts were written: Equal Earth, coasts only, area = posts; a dense part is enlarged beside it. */
export function WorldMap({ places, label }: { places: readonly Place[]; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const dense = useMemo(() => densest(places), [places]);
  const land = useLand(worldLand, true);
  const fine = useLand(fineLand, dense !== null);
  const small = width < 520;
  const inset = small ? Math.round(width * 0.42) : Math.min(220, Math.round(width * 0.22));
  const mapHeight = Math.round(width * 0.475);
  const height = small && dense ? mapHeight + inset + 12 : mapHeight;
  const projection = useMemo(
    () =>
      geoEqualEarth()
        .rotate([-11, 0])
        .fitExtent(
          [
            [2, 4],
            [Math.max(10, width - 2), Math.max(10, mapHeight - 4)],
          ],
          EXTENT,
        ),
    [width],
  );
  const outline = useMemo(() => (land ? (geoPath(projection)(land) ?? '') : ''), [land, projection]);
  const most = Math.max(1, ...places.map((place) => place.posts));
  const biggest = Math.min(17, width / 34);
  const radius = (posts: number): number => Math.max(1.8, Math.sqrt(posts / Math.max(most, 12)) * biggest);
  return (
    <div class="map" ref={box}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          <path class="land" d={outline} />
          <Dots places={places} projection={projection} radius={radius} />
          {dense && fine && (
            <>
              <Frame box={dense} projection={projection} />
              <Inset
                box={dense}
                size={inset}
                top={height - inset - 1}
                land={fine}
                places={places}
                radius={radius}
              />
            </>
          )}
        </svg>
      )}
    </div>
  );
}
