import type { Account } from './accounts.js';
import { v1Time } from './x-v1-time.js';

const heads = new WeakMap<Account, string>();
const tails = new WeakMap<Account, string>();

/** Everything of a user object that comes before its counts, written once for an account. */
export function accountHead(account: Account): string {
  return remembered(heads, account, writeHead);
}

/** Everything of a user object that comes after its counts. */
export function accountTail(account: Account): string {
  return remembered(tails, account, writeTail);
}

function remembered(
  known: WeakMap<Account, string>,
  account: Account,
  write: (account: Account) => string,
): string {
  const before = known.get(account);
  if (before !== undefined) return before;
  const text = write(account);
  known.set(account, text);
  return text;
}

function writeHead(account: Account): string {
  const { id, name, screenName, location, url, description, verified, listed, likes } = account;
  const rest = JSON.stringify({
    name,
    screen_name: screenName,
    location,
    url,
    description,
    translator_type: 'none',
    protected: false,
    verified,
    listed_count: listed,
    favourites_count: likes,
  });
  return `{"id":${id},"id_str":"${id}",${rest.slice(1, -1)},`;
}

function writeTail(account: Account): string {
  const { picture, rank, createdAt, geoEnabled } = account;
  const image = `pics.sim.example/profile_images/${rank}/${picture}_normal.jpg`;
  const rest = JSON.stringify({
    created_at: v1Time(createdAt * 1000),
    utc_offset: null,
    time_zone: null,
    geo_enabled: geoEnabled,
    lang: null,
    contributors_enabled: false,
    is_translator: false,
    profile_background_color: 'F5F8FA',
    profile_background_image_url: 'http://pics.sim.example/images/themes/theme1/bg.png',
    profile_background_image_url_https: 'https://pics.sim.example/images/themes/theme1/bg.png',
    profile_background_tile: false,
    profile_link_color: '1F7480',
    profile_sidebar_border_color: 'C0DEED',
    profile_sidebar_fill_color: 'DDEEF6',
    profile_text_color: '333333',
    profile_use_background_image: true,
    profile_image_url: `http://${image}`,
    profile_image_url_https: `https://${image}`,
    profile_banner_url: `https://pics.sim.example/profile_banners/${rank}/${createdAt}`,
    default_profile: false,
    default_profile_image: false,
    following: null,
    follow_request_sent: null,
    notifications: null,
  });
  return rest.slice(1);
}
