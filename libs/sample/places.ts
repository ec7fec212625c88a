/** A named place with its box in degrees; `weight` is how much is written there. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly code: string;
  readonly type: 'city' | 'admin' | 'country' | 'poi';
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  readonly weight: number;
}

type Row = readonly [
  name: string,
  country: string,
  code: string,
  lon: number,
  lat: number,
  size: number,
  weight: number,
];

// Where the storm is, and where people watch it from. Real towns, so that a map of them looks like one.
const rows: readonly Row[] = [
  ['Hamburg', 'Germany', 'DE', 9.99, 53.55, 0.3, 318],
  ['Cuxhaven', 'Germany', 'DE', 8.69, 53.87, 0.12, 120],
  ['List auf Sylt', 'Germany', 'DE', 8.43, 55.02, 0.1, 96],
  ['Bremerhaven', 'Germany', 'DE', 8.58, 53.55, 0.12, 90],
  ['Husum', 'Germany', 'DE', 9.05, 54.48, 0.08, 70],
  ['Emden', 'Germany', 'DE', 7.21, 53.37, 0.1, 62],
  ['Berlin', 'Germany', 'DE', 13.4, 52.52, 0.4, 60],
  ['Groningen', 'The Netherlands', 'NL', 6.57, 53.22, 0.15, 58],
  ['Rotterdam', 'The Netherlands', 'NL', 4.48, 51.92, 0.2, 66],
  ['Den Helder', 'The Netherlands', 'NL', 4.76, 52.96, 0.08, 50],
  ['Esbjerg', 'Denmark', 'DK', 8.45, 55.48, 0.12, 64],
  ['Varde', 'Denmark', 'DK', 8.48, 55.62, 0.1, 30],
  ['København', 'Denmark', 'DK', 12.57, 55.68, 0.2, 34],
  ['Oslo', 'Norway', 'NO', 10.75, 59.91, 0.2, 41],
  ['Bergen', 'Norway', 'NO', 5.32, 60.39, 0.15, 28],
  ['Hull', 'United Kingdom', 'GB', -0.34, 53.74, 0.12, 36],
  ['London', 'United Kingdom', 'GB', -0.12, 51.5, 0.5, 40],
  ['Aberdeen', 'United Kingdom', 'GB', -2.1, 57.15, 0.12, 22],
  ['Oostende', 'Belgium', 'BE', 2.92, 51.22, 0.1, 26],
  ['Dunkerque', 'France', 'FR', 2.38, 51.03, 0.1, 18],
  ['Paris', 'France', 'FR', 2.35, 48.86, 0.2, 18],
  ['Gdańsk', 'Poland', 'PL', 18.65, 54.35, 0.2, 14],
  ['Київ', 'Ukraine', 'UA', 30.52, 50.45, 0.3, 16],
  ['Madrid', 'Spain', 'ES', -3.7, 40.42, 0.3, 12],
  ['القاهرة', 'Egypt', 'EG', 31.24, 30.04, 0.4, 40],
  ['دبي', 'United Arab Emirates', 'AE', 55.27, 25.2, 0.4, 16],
  ['تهران', 'Iran', 'IR', 51.39, 35.69, 0.3, 10],
  ['東京', 'Japan', 'JP', 139.69, 35.69, 0.5, 57],
  ['大阪', 'Japan', 'JP', 135.5, 34.69, 0.2, 18],
  ['서울', 'Korea', 'KR', 126.98, 37.57, 0.3, 16],
  ['กรุงเทพ', 'Thailand', 'TH', 100.5, 13.76, 0.4, 22],
  ['Mumbai', 'India', 'IN', 72.88, 19.08, 0.3, 18],
  ['Jakarta', 'Indonesia', 'ID', 106.85, -6.2, 0.3, 12],
  ['台北', 'Taiwan', 'TW', 121.56, 25.03, 0.2, 9],
  ['Manhattan', 'United States', 'US', -73.97, 40.78, 0.1, 44],
  ['Seattle', 'United States', 'US', -122.33, 47.61, 0.2, 9],
  ['Houston', 'United States', 'US', -95.37, 29.76, 0.4, 11],
  ['Ciudad de México', 'Mexico', 'MX', -99.13, 19.43, 0.4, 12],
  ['São Paulo', 'Brazil', 'BR', -46.63, -23.55, 0.4, 12],
  ['Buenos Aires', 'Argentina', 'AR', -58.38, -34.6, 0.3, 9],
  ['Cape Town', 'South Africa', 'ZA', 18.42, -33.92, 0.3, 6],
  ['Nairobi', 'Kenya', 'KE', 36.82, -1.29, 0.2, 6],
  ['Lagos', 'Nigeria', 'NG', 3.38, 6.52, 0.3, 8],
  ['Sydney', 'Australia', 'AU', 151.21, -33.87, 0.4, 8],
  ['Wellington', 'New Zealand', 'NZ', 174.78, -41.29, 0.2, 4],
];

const wide: readonly Place[] = [
  {
    id: 'c0ffee0000000001',
    name: 'Deutschland',
    country: 'Germany',
    code: 'DE',
    type: 'country',
    west: 5.87,
    south: 47.27,
    east: 15.04,
    north: 55.06,
    weight: 40,
  },
  {
    id: 'c0ffee0000000002',
    name: 'Schleswig-Holstein',
    country: 'Germany',
    code: 'DE',
    type: 'admin',
    west: 7.87,
    south: 53.36,
    east: 11.31,
    north: 55.06,
    weight: 60,
  },
  {
    id: 'c0ffee0000000003',
    name: 'Landungsbrücke 9',
    country: 'Germany',
    code: 'DE',
    type: 'poi',
    west: 9.968,
    south: 53.5455,
    east: 9.968,
    north: 53.5455,
    weight: 30,
  },
];

export const places: readonly Place[] = [
  ...rows.map(([name, country, code, lon, lat, size, weight], index): Place => ({
    id: (0xb1d5_0000 + index).toString(16).padStart(16, '0'),
    name,
    country,
    code,
    type: 'city',
    west: round(lon - size),
    south: round(lat - size / 2),
    east: round(lon + size),
    north: round(lat + size / 2),
    weight,
  })),
  ...wide,
];

/** Six decimals, as the platform gives them. */
export function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
