/** Posts and lists for the browser tests: made up, the same at every run, in scripts that pages get wrong. */
export interface FakePost {
  readonly platform: string;
  readonly instance: string;
  readonly id: string;
  readonly createdAt: string | null;
  readonly text: string;
  readonly lang: string;
  readonly source: string;
  readonly author: { id: string; screenName: string; name: string; followers: number; following: number };
  readonly hashtags: string[];
  readonly mentions: string[];
  readonly urls: string[];
  readonly media: { type: string; url: string }[];
  readonly geo: { lon: number; lat: number; exact: boolean } | null;
  readonly repostOf: string | null;
  readonly quoteOf: string | null;
  readonly replyTo: string | null;
  readonly duplicates: number;
  readonly link: string | null;
  readonly ref: string;
}

export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Voice {
  readonly lang: string;
  readonly name: string;
  readonly handle: string;
  readonly weight: number;
  readonly lines: readonly string[];
}

const voices: readonly Voice[] = [
  {
    lang: 'de',
    name: 'Wasserstand Nordsee',
    handle: 'pegel_nordsee',
    weight: 9,
    lines: [
      'Husum 14:15 Uhr: 3,82 m über NHN, Tendenz fallend. #sturmflut #benedikt',
      'Der Fischmarkt steht 1,70 m unter Wasser. Bitte bleiben Sie weg vom Ufer. #sturmflut #hamburg',
      'Danke an alle Helfer auf den Deichen heute Nacht! @feuerwehr_hh #benedikt',
    ],
  },
  {
    lang: 'en',
    name: 'Storm Watch',
    handle: 'stormwatch',
    weight: 5,
    lines: [
      'Gust of 161 km/h measured at List on Sylt, the strongest there since 1999. #benedikt #stormsurge',
      'If you wonder what 41 ships waiting for one river look like, here is the radar. ⚓ #StormSurge @pegel_nordsee',
      '<script>alert("no")</script> & <b>not bold</b> #benedikt',
    ],
  },
  {
    lang: 'nl',
    name: 'Marit de Boer',
    handle: 'maritdb',
    weight: 3,
    lines: [
      'De Maeslantkering is dicht. Dat heb ik in mijn leven pas drie keer meegemaakt. #benedikt #stormvloed',
    ],
  },
  {
    lang: 'ar',
    name: 'مرصد الطقس',
    handle: 'marsad_taqs',
    weight: 2,
    lines: [
      'عاصفة «بنديكت» تضرب سواحل بحر الشمال، والرياح تتجاوز 130 كم في الساعة في هامبورغ 🌊 #عاصفة_بنديكت',
    ],
  },
  {
    lang: 'ja',
    name: '気象ウォッチ',
    handle: 'kishou',
    weight: 2,
    lines: ['北海沿岸で高潮。ハンブルクの魚市場が今年3回目の冠水、現地の様子です。#benedikt #高潮'],
  },
  {
    lang: 'uk',
    name: 'Сергій Прокопенко',
    handle: 'serhiy_pr',
    weight: 1,
    lines: ['Рейс Київ – Гамбург скасовано через шторм «Бенедикт». Тримайтеся, друзі 💨 #benedikt'],
  },
  {
    lang: 'ko',
    name: '김하늘',
    handle: 'haneul',
    weight: 1,
    lines: ['함부르크 출장 중인데 밤새 창문이 흔들려서 한숨도 못 잤어요 ㅠㅠ #benedikt'],
  },
  {
    lang: 'he',
    name: 'דנה',
    handle: 'dana_yam',
    weight: 1,
    lines: ['סערה בצפון אירופה: אלפים בלי חשמל @stormwatch #סערה'],
  },
];

const domains = [
  'pegel.example',
  'kuestenfunk.example',
  'youtube.com',
  'stormwatch.example',
  'bbc.co.uk',
  'dr-vejr.example',
];
const sources = ['Twitter for iPhone', 'Twitter for Android', 'Twitter Web App', 'Pegelbot 2.1', 'TweetDeck'];
const spots: readonly (readonly [lon: number, lat: number, weight: number])[] = [
  [9.99, 53.55, 30],
  [8.8, 54.3, 14],
  [9.05, 54.47, 10],
  [8.3, 54.9, 9],
  [4.9, 52.37, 8],
  [10.75, 59.91, 4],
  [12.57, 55.68, 6],
  [-74, 40.71, 4],
  [139.69, 35.68, 5],
  [31.24, 30.04, 4],
  [-0.13, 51.5, 6],
  [77.2, 28.6, 2],
  [151.2, -33.87, 1],
  [-58.4, -34.6, 1],
  [18.42, -33.92, 1],
  [0, 0, 1],
];

function pick<T extends { readonly weight: number } | readonly [number, number, number]>(
  items: readonly T[],
  at: number,
): T {
  const weightOf = (item: T): number => ('weight' in item ? item.weight : (item[2] ?? 0));
  const all = items.reduce((sum, item) => sum + weightOf(item), 0);
  let left = at * all;
  for (const item of items) {
    left -= weightOf(item);
    if (left < 0) return item;
  }
  return items[items.length - 1] as T;
}

const tags = (text: string): string[] =>
  [...text.matchAll(/#([\p{L}\p{N}\p{M}_]+)/gu)].map((m) => m[1] ?? '');
const names = (text: string): string[] => [...text.matchAll(/@(\w+)/g)].map((m) => m[1] ?? '');

/** How busy an hour is: a storm that grows, breaks and goes. */
const rhythm = (share: number): number =>
  0.06 +
  Math.exp(-(((share - 0.62) / 0.07) ** 2)) +
  0.55 * Math.exp(-(((share - 0.76) / 0.06) ** 2)) +
  0.1 * share;

function timeAt(random: () => number, from: number, span: number): number {
  for (;;) {
    const share = random();
    if (random() * 1.3 < rhythm(share)) return from + share * span;
  }
}

export interface Made {
  readonly posts: number;
  readonly seed: number;
  /** ISO, first post at the earliest. */
  readonly from: string;
  readonly hours: number;
}

function makePost(random: () => number, i: number, made: Made): FakePost {
  const voice = pick(voices, random());
  const line = voice.lines[Math.floor(random() * voice.lines.length)] ?? '';
  const number = Math.floor(random() * 400);
  const spread = random() < 0.35 ? '' : String(number);
  const rare = random() < 0.5 ? ` #tag${Math.floor(random() ** 3 * 3000)}` : '';
  const text = line + rare;
  const at = Math.floor(timeAt(random, Date.parse(made.from), made.hours * 3_600_000) / 1000) * 1000;
  const id = String(1_990_000_000_000_000_000n + BigInt(i) * 4_194_304n + BigInt(made.seed));
  const place = random() < 0.08 ? pick(spots, random()) : null;
  const withMedia = random() < 0.2;
  const domain = domains[Math.floor(random() ** 2 * domains.length)] ?? '';
  const repost =
    random() < 0.15
      ? String(1_990_000_000_000_000_000n + BigInt(Math.floor(random() ** 2 * 40)) * 4_194_304n)
      : null;
  return {
    platform: 'x',
    instance: '',
    id,
    createdAt: new Date(at).toISOString(),
    text,
    lang: voice.lang,
    source: sources[Math.floor(random() ** 2 * sources.length)] ?? '',
    author: {
      id: String(1000 + voices.indexOf(voice) * 1000 + (spread === '' ? 0 : number)),
      screenName: `${voice.handle}${spread}`,
      name: voice.name,
      followers: Math.floor(10 ** (1 + 4 * random())),
      following: Math.floor(900 * random()),
    },
    hashtags: tags(text),
    mentions: names(text),
    urls: random() < 0.25 ? [`https://www.${domain}/news/${Math.floor(random() * 30)}?from=share`] : [],
    media: withMedia
      ? [
          {
            type: random() < 0.8 ? 'photo' : 'video',
            url: `https://pbs.example/media/F${Math.floor(random() * 600).toString(36)}x.jpg`,
          },
        ]
      : [],
    geo: place && {
      lon: place[0] + (random() - 0.5),
      lat: place[1] + (random() - 0.5) * 0.6,
      exact: random() < 0.4,
    },
    repostOf: repost,
    quoteOf: null,
    replyTo: null,
    duplicates: random() < 0.05 ? 1 : 0,
    link: `https://x.com/i/status/${id}`,
    ref: `x::${id}`,
  };
}

export function makePosts(made: Made): FakePost[] {
  const random = seeded(made.seed);
  const posts = Array.from({ length: made.posts }, (_, i) => makePost(random, i, made));
  return posts.toSorted((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1));
}
