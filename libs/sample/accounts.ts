import { at, Random } from './random.js';
import { clients, tongues, tongueWeights } from './words.js';

/** Somebody who writes. Counts at an instant come from `countsAt`: they drift while the storm lasts. */
export interface Account {
  readonly rank: number;
  /** Exact decimal, for newer accounts beyond 2^53. */
  readonly id: string;
  readonly screenName: string;
  readonly name: string;
  readonly description: string;
  readonly location: string | null;
  readonly url: string | null;
  readonly tongue: number;
  readonly client: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly verified: boolean;
  readonly geoEnabled: boolean;
  readonly picture: string;
  readonly followers: number;
  readonly following: number;
  readonly posts: number;
  readonly likes: number;
  readonly listed: number;
  /** Followers won or lost in an hour. */
  readonly drift: number;
}

export interface AccountCounts {
  readonly followers: number;
  readonly following: number;
  readonly posts: number;
}

/** Whom everybody mentions: screen name, name, language, followers. All invented. */
const cast: readonly (readonly [screenName: string, name: string, language: string, followers: number])[] = [
  ['pegel_nordsee', 'Pegel Nordsee', 'de', 182_400],
  ['feuerwehr_hafen', 'Feuerwehr Hafenstadt', 'de', 96_100],
  ['storm_watch_sim', 'Storm Watch', 'en', 241_900],
  ['kuestenfunk', 'Küstenfunk ⚓️', 'de', 58_700],
  ['waterkering_nl', 'Waterkering', 'nl', 47_300],
  ['marsad_taqs', 'مرصد الطقس', 'ar', 312_000],
  ['umi_kishou', '海の気象情報', 'ja', 154_200],
  ['harbour_pilot', 'Harbour Pilot Ro', 'en', 22_800],
  ['vejr_vest', 'Vejr Vest', 'da', 31_400],
  ['bahn_nordwest', 'Bahn Nordwest', 'de', 71_900],
  ['wattwacht', 'Wattwacht', 'de', 18_250],
  ['deichgraf_hauke', 'Der Deichgraf', 'de', 9_870],
];

const syllables = [
  'ba',
  'ke',
  'li',
  'mo',
  'nu',
  'ra',
  'si',
  'to',
  'va',
  'zu',
  'den',
  'fro',
  'gal',
  'hin',
  'jor',
  'kla',
  'len',
  'mar',
  'nor',
  'pim',
  'ros',
  'sul',
  'tam',
  'wik',
  'yen',
  'ona',
  'ela',
  'iko',
  'ute',
  'ari',
];
const joints = ['', '_', '', '', 'x', '_'];
const about = [
  'Möwen, Meer & zu viel Kaffee.',
  'Hobby meteorologist. Opinions are my own, gusts are not.',
  '海とねこが好き🐈',
  'Tweets over dijken en dampende koffie',
  'Local news, tides, lost cats.',
  'أحب البحر والهدوء',
  'Ehrenamtlich im Sandsackeinsatz',
  'she/her · maps · bicycles',
  'Фотографую хвилі',
  '바다를 좋아합니다',
  'Nobody in particular',
];
const towns = [
  'Hafenstadt',
  'an der Küste',
  'North of here',
  'Waddenkust',
  'الساحل',
  '港町',
  'Vesterhavet',
  'Bereg, Sim',
  'somewhere windy 🌬️',
];

const CACHED = 20_000;

/** All accounts of one run, made from the seed and a rank when first asked for. */
export class Accounts {
  readonly #known = new Map<number, Account>();

  constructor(
    private readonly seed: number,
    readonly size: number,
  ) {}

  get(rank: number): Account {
    const known = this.#known.get(rank);
    if (known) return known;
    const account = makeAccount(this.seed, rank);
    if (rank < CACHED) this.#known.set(rank, account);
    return account;
  }
}

export const castSize = cast.length;

/** @param hours since the first post of the run. */
export function countsAt(account: Account, hours: number): AccountCounts {
  return {
    followers: Math.max(0, account.followers + Math.floor(account.drift * hours)),
    following: account.following,
    posts: account.posts + Math.floor(hours / 3),
  };
}

function makeAccount(seed: number, rank: number): Account {
  const random = new Random(seed, 1_000 + rank);
  const known = cast[rank];
  const language = known ? tongues.findIndex(({ code }) => code === known[2]) : tongueWeights.draw(random);
  const followers = known ? known[3] : audience(random);
  return {
    rank,
    id: accountId(random, rank),
    screenName: known ? known[0] : screenName(random, rank),
    name: known ? known[1] : displayName(random, language),
    description: random.pick(about),
    location: random.chance(0.6) ? random.pick(towns) : null,
    url: random.chance(0.3) ? `https://home.example/${random.key(8)}` : null,
    tongue: language,
    client: known ? 4 : Math.min(random.int(clients.length), random.int(clients.length)),
    createdAt: 1_230_000_000 + random.int(520_000_000),
    verified: known !== undefined,
    geoEnabled: random.chance(0.35),
    picture: random.key(10),
    followers,
    following: known ? 40 + random.int(400) : random.chance(0.02) ? 0 : random.int(1_400),
    posts: 20 + random.int(random.int(90_000) + 1),
    likes: random.int(40_000),
    listed: Math.floor(followers / 130),
    drift: known ? followers / 900 : (random.next() - 0.35) * (followers / 4_000 + 0.2),
  };
}

/** Most have a few hundred, few have many. */
function audience(random: Random): number {
  const share = random.next();
  return Math.floor(260 / (1.002 - share)) - 255 + random.int(120);
}

function accountId(random: Random, rank: number): string {
  if (rank % 5 < 3) return String(100_000_000 + rank * 997 + random.int(997));
  return String(900_000_000_000_000_000n + BigInt(rank) * 10_000_000_000n + BigInt(random.int(9_999_999)));
}

/** At most 15 characters as on the platform; the rank in base 36 makes it unique. */
function screenName(random: Random, rank: number): string {
  const first = `${random.pick(syllables)}${random.pick(syllables)}`;
  const name = random.chance(0.4) ? `${first.slice(0, 1).toUpperCase()}${first.slice(1)}` : first;
  return `${name}${random.pick(joints)}${random.pick(syllables)}_${rank.toString(36)}`;
}

function displayName(random: Random, language: number): string {
  const name = random.pick(at(tongues, language).names);
  if (random.chance(0.6)) return name;
  return `${name.split(' ')[0] ?? name} ${random.pick(syllables)}${random.pick(['', ' 🌊', ' 🇪🇺', ' "Bö"', ' ☂️'])}`;
}
