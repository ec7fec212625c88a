import { seeded } from './fake-posts.js';

const lines = [
  'Danke an alle Helfer auf den Deichen heute Nacht! @feuerwehr_hh #benedikt',
  'Gust of 161 km/h measured at List on Sylt #benedikt #StormSurge',
  '<script>alert("no")</script> & <b>not bold</b> #benedikt',
  'عاصفة تضرب سواحل بحر الشمال 🌊 #عاصفة',
  '北海沿岸で高潮。#高潮 #benedikt',
];
const langs = ['de', 'en', 'en', 'ar', 'ja'];

const indices = (text: string, found: string): [number, number] => [
  text.indexOf(found),
  text.indexOf(found) + found.length,
];

function tweet(i: number, random: () => number): object {
  const kind = Math.floor(random() * lines.length);
  const text = lines[kind] ?? '';
  const id = String(1_990_000_000_000_000_000n + BigInt(i) * 4_194_304n);
  const at = new Date(Date.UTC(2026, 10, 17, 6) + i * 977_000);
  const [, month = '', day = ''] =
    at
      .toUTCString()
      .match(/\w+, (\d+ \w+)/)?.[1]
      ?.match(/(\d+) (\w+)/) ?? [];
  const user = 1000 + Math.floor(random() * 40);
  const hashtags = [...text.matchAll(/#([\p{L}\p{N}_]+)/gu)].map(([all, tag]) => ({
    text: tag,
    indices: indices(text, all),
  }));
  const mentions = [...text.matchAll(/@(\w+)/g)].map(([all, name]) => ({
    screen_name: name,
    name,
    id: 7,
    id_str: '7',
    indices: indices(text, all),
  }));
  const url = {
    url: 'https://t.co/x',
    expanded_url: `https://pegel.example/${i % 7}`,
    display_url: 'pegel.example',
    indices: [0, 1],
  };
  const photo = {
    id: 1,
    id_str: '1',
    type: 'photo',
    media_url_https: `https://pbs.example/media/F${i % 9}.jpg`,
    url: 'https://t.co/m',
    expanded_url: '',
    display_url: '',
    indices: [0, 1],
  };
  return {
    created_at: `${at.toUTCString().slice(0, 3)} ${day} ${month.padStart(2, '0')} ${at.toISOString().slice(11, 19)} +0000 ${at.getUTCFullYear()}`,
    id: Number(id),
    id_str: id,
    full_text: text,
    lang: langs[kind],
    source: '<a href="http://example.org" rel="nofollow">Pegelbot</a>',
    user: {
      id: user,
      id_str: String(user),
      screen_name: `person_${user}`,
      name: `Person ${user}`,
      followers_count: user,
      friends_count: 10,
    },
    entities: {
      hashtags,
      user_mentions: mentions,
      urls: i % 3 === 0 ? [url] : [],
      ...(i % 4 === 0 ? { media: [photo] } : {}),
    },
    ...(i % 4 === 0 ? { extended_entities: { media: [photo] } } : {}),
    coordinates: i % 10 === 0 ? { type: 'Point', coordinates: [9.99, 53.55] } : null,
    retweet_count: 0,
    favorite_count: 0,
  };
}

/** A file of `n` made-up posts in the shape of X's first API, one a line, with two lines that nobody can read. */
export function tweets(n: number): string {
  const random = seeded(4);
  const all = Array.from({ length: n }, (_, i) => JSON.stringify(tweet(i, random)));
  all.splice(
    17,
    0,
    '{"created_at":"Thu Nov 19 21:12:04 +0000 2026","id_str":"1990871","full_text":"the text breaks',
  );
  all.splice(40, 0, '42');
  return `${all.join('\n')}\n`;
}
