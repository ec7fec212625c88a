import { europe } from './languages/europe.js';
import type { Language } from './languages/language.js';
import { world } from './languages/world.js';
import { Weighted } from './random.js';

/** A word with its length in code points, in which the platform counts. */
export interface Word {
  readonly text: string;
  readonly length: number;
}

export type Slot = 'city' | 'who' | 'tag' | 'n';
export type Piece = { readonly literal: Word } | { readonly slot: Slot };

export interface Tongue {
  readonly code: string;
  readonly sentences: readonly (readonly Piece[])[];
  readonly tags: readonly Word[];
  readonly names: readonly string[];
  /** Between sentences: nothing where the script has no spaces. */
  readonly gap: Word;
}

export function codePoints(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) length -= 1;
  }
  return length;
}

export const word = (text: string): Word => ({ text, length: codePoints(text) });

const slots = new Set<string>(['city', 'who', 'tag', 'n']);
const isSlot = (part: string): part is Slot => slots.has(part);

function pieces(sentence: string): Piece[] {
  return sentence
    .split(/[{}]/u)
    .filter((part) => part !== '')
    .map((part) => (isSlot(part) ? { slot: part } : { literal: word(part) }));
}

const languages: readonly Language[] = [...europe, ...world];

export const tongues: readonly Tongue[] = languages.map((language) => ({
  code: language.code,
  sentences: language.sentences.map(pieces),
  tags: language.tags.map(word),
  names: language.names,
  gap: word(language.dense ? '' : ' '),
}));

export const tongueWeights = new Weighted(languages.map(({ weight }) => weight));

/** How the one tag that everybody uses is written. The first is the most usual. */
export const stormTags = ['Benedikt', 'benedikt', 'StormBenedikt', 'BENEDIKT', 'SturmBenedikt'].map(word);

const heads = [
  'Deich',
  'Pegel',
  'Hafen',
  'Wache',
  'Storm',
  'Tide',
  'Dune',
  'Quay',
  'Gale',
  'Surge',
  'Watt',
  'Kai',
  'Mole',
  'Strand',
  'Lotse',
  'Anker',
  'Boje',
  'Möwe',
  'Wind',
  'Regen',
  'Night',
  'Harbour',
  'Ferry',
  'Bridge',
  'Dijk',
  'Haven',
  'Bølge',
  'Vind',
  'Côte',
  'Vent',
  'Mar',
  'Costa',
  'Волна',
  'Берег',
  'Хвиля',
  'موج',
  '波',
  '바다',
  'लहर',
  'คลื่น',
];
const tails = [
  'Hilfe',
  'Live',
  '2026',
  'Info',
  'Talk',
  'Foto',
  'Watch',
  'News',
  'Alarm',
  'Check',
  'Blick',
  'Wetter',
  'Report',
  'Team',
  'Nord',
  'West',
  'Update',
  'Nacht',
  'Crew',
  'Cam',
  'Café',
  'Kids',
  'Run',
  'Chor',
  'Lab',
  'Map',
  'Rad',
  'Zug',
  'Brot',
  'Katze',
];

/** One of `rareTags` hashtags that hardly anybody uses. */
export const rareTags = 12_000;
export function rareTag(rank: number): Word {
  const head = heads[rank % heads.length] ?? '';
  const tail = tails[Math.floor(rank / heads.length) % tails.length] ?? '';
  const round = Math.floor(rank / (heads.length * tails.length));
  return word(`${head}${tail}${round === 0 ? '' : round}`);
}

const sites = [
  'pegel.example',
  'kuestenfunk.example',
  'videos.example',
  'stormwatch.example',
  'hafen-hh.example',
  'nos-weer.example',
  'fotos.example',
  'wetterkarte.example',
  'dr-vejr.example',
  'tagblatt.example',
  'sturm-ticker.example:8443',
  'Karten.Deichamt.example',
  'xn--kste-0ra.example',
  'taqs.example',
  'umi-kishou.example',
  'blog.wattwacht.example',
];

/** One of `siteCount` web sites, the known ones first. All of them lie below a domain that nobody can own. */
export const siteCount = 900;
export function site(rank: number): string {
  const known = sites[rank];
  if (known !== undefined) return known;
  const name = `${tails[rank % tails.length] ?? ''}-${tails[(rank * 7) % tails.length] ?? ''}`.toLowerCase();
  return `${name.replaceAll('é', 'e')}${rank}.example`;
}

export interface Client {
  readonly name: string;
  readonly url: string;
}
export const clients: readonly Client[] = [
  { name: 'Simulated for Android', url: 'https://sim.example/download/android' },
  { name: 'Simulated for iPhone', url: 'https://sim.example/download/iphone' },
  { name: 'Simulated Web App', url: 'https://sim.example/app' },
  { name: 'Deichfunk', url: 'https://deichfunk.example' },
  { name: 'Pegelbot', url: 'https://pegel.example/bot' },
  { name: 'Simulated for iPad', url: 'https://sim.example/download/ipad' },
  { name: 'Möwendeck', url: 'https://moewendeck.example' },
  { name: 'TidePlanner Pro', url: 'https://tideplanner.example' },
];
