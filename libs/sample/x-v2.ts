import { type Account, countsAt } from './accounts.js';
import { type Body, cut, type Draft, type MediaItem } from './draft.js';
import type { Place } from './places.js';
import { at } from './random.js';
import { clients } from './words.js';

const iso = (epochMs: number) => new Date(epochMs).toISOString();
const mediaKey = ({ type, id }: MediaItem) => `${type === 'photo' ? 3 : type === 'video' ? 7 : 16}_${id}`;

/** What the posts of a page refer to, each once, in the order they come up. */
class Includes {
  readonly users = new Map<string, object>();
  readonly tweets = new Map<string, object>();
  readonly media = new Map<string, object>();
  readonly places = new Map<string, object>();

  constructor(private readonly start: number) {}

  user(account: Account, time: number): void {
    if (!this.users.has(account.id))
      this.users.set(account.id, userOf(account, (time - this.start) / 3_600_000));
  }

  /** A post that another one refers to. It is described like any other. */
  referenced(draft: Draft): void {
    if (this.tweets.has(draft.id)) return;
    this.tweets.set(draft.id, {});
    this.tweets.set(draft.id, dataOf(draft, this));
  }

  toJSON(): object {
    const list = (map: ReadonlyMap<string, object>) => (map.size === 0 ? undefined : [...map.values()]);
    return {
      users: list(this.users),
      tweets: list(this.tweets),
      media: list(this.media),
      places: list(this.places),
    };
  }
}

/**
 * A page of posts as X v2 answers a search, newest first. The marker is on the page and on each post, so that neither is
 * taken for a real one without the other.
 */
export function writeV2Page(drafts: readonly Draft[], start: number, simulated: object): string {
  const includes = new Includes(start);
  const newestFirst = drafts.toReversed();
  const data = newestFirst.map((draft) => ({ simulated, ...dataOf(draft, includes) }));
  const meta = {
    newest_id: at(newestFirst, 0).id,
    oldest_id: at(drafts, 0).id,
    result_count: data.length,
  };
  return JSON.stringify({ simulated, data, includes, meta });
}

function dataOf(draft: Draft, includes: Includes): object {
  const { account, body, place } = draft;
  includes.user(account, draft.at);
  if (place) includes.places.set(place.id, placeOf(place));
  for (const item of body.gallery?.items ?? []) includes.media.set(mediaKey(item), mediaOf(item));
  const referenced = references(draft, includes);
  return {
    author_id: account.id,
    conversation_id: draft.replyTo?.id ?? draft.id,
    id: draft.id,
    created_at: iso(draft.at),
    text: textOf(draft),
    reply_settings: 'everyone',
    possibly_sensitive: false,
    in_reply_to_user_id: draft.replyTo?.account.id,
    referenced_tweets: referenced.length > 0 ? referenced : undefined,
    entities: entitiesOf(draft),
    attachments: body.gallery ? { media_keys: body.gallery.items.map(mediaKey) } : undefined,
    geo: geoOf(draft),
    lang: draft.language,
    source: at(clients, draft.client).name,
    public_metrics: metricsOf(draft),
  };
}

function geoOf({ place, point }: Draft): object | undefined {
  if (!place) return undefined;
  return { place_id: place.id, coordinates: point ? { type: 'Point', coordinates: point } : undefined };
}

function metricsOf({ repostOf, reposts, replies, likes, quotes }: Draft): object {
  return {
    retweet_count: repostOf ? repostOf.reposts : reposts,
    reply_count: replies,
    like_count: repostOf ? 0 : likes,
    quote_count: quotes,
  };
}

function references(draft: Draft, includes: Includes): { type: string; id: string }[] {
  const found: { type: string; id: string }[] = [];
  const named = [
    ['retweeted', draft.repostOf],
    ['quoted', draft.quoteOf],
    ['replied_to', draft.replyTo],
  ] as const;
  for (const [type, other] of named) {
    if (!other) continue;
    found.push({ type, id: other.id });
    includes.referenced(other);
  }
  return found;
}

function textOf({ repostOf, body }: Draft): string {
  if (!repostOf) return body.text;
  const text = `RT @${repostOf.account.screenName}: ${body.text}`;
  const short = cut(text, 139);
  return short === text ? text : `${short}…`;
}

function entitiesOf(draft: Draft): object | undefined {
  const { repostOf } = draft;
  if (!repostOf) return allEntities(draft.body, draft);
  const { screenName, id } = repostOf.account;
  return { mentions: [{ start: 3, end: 4 + screenName.length, username: screenName, id }] };
}

function allEntities(body: Body, draft: Draft): object | undefined {
  const place = ([start, end]: readonly [number, number]) => ({ start, end });
  const some = <T>(items: readonly T[]) => (items.length > 0 ? items : undefined);
  const urls = body.links.map(({ span, short, expanded, display }) => ({
    ...place(span),
    url: short,
    expanded_url: expanded,
    display_url: display,
  }));
  // v2 keeps the link of a gallery among the links, once for each file.
  const gallery = (body.gallery?.items ?? []).map((item, index) => ({
    ...place(body.gallery?.span ?? [0, 0]),
    url: body.gallery?.short,
    expanded_url: `https://sim.example/${draft.account.screenName}/status/${draft.id}/photo/${index + 1}`,
    display_url: body.gallery?.display,
    media_key: mediaKey(item),
  }));
  const entities = {
    hashtags: some(body.tags.map(({ span, text }) => ({ ...place(span), tag: text }))),
    mentions: some(
      body.mentions.map(({ span, account }) => ({
        ...place(span),
        username: account.screenName,
        id: account.id,
      })),
    ),
    urls: some([...urls, ...gallery]),
  };
  return Object.values(entities).some(Boolean) ? entities : undefined;
}

function userOf(account: Account, hours: number): object {
  const { followers, following, posts } = countsAt(account, hours);
  return {
    id: account.id,
    username: account.screenName,
    name: account.name,
    created_at: iso(account.createdAt * 1000),
    description: account.description,
    location: account.location ?? undefined,
    url: account.url ?? '',
    profile_image_url: `https://pics.sim.example/profile_images/${account.rank}/${account.picture}_normal.jpg`,
    protected: false,
    verified: account.verified,
    public_metrics: {
      followers_count: followers,
      following_count: following,
      tweet_count: posts,
      listed_count: account.listed,
    },
  };
}

function mediaOf(item: MediaItem): object {
  const { type, key, width, height, seconds } = item;
  const file = `https://pics.sim.example/media/${key}.jpg`;
  return {
    media_key: mediaKey(item),
    type,
    width,
    height,
    ...(type === 'photo' ? { url: file } : { preview_image_url: file, duration_ms: seconds * 1000 }),
  };
}

function placeOf(place: Place): object {
  return {
    id: place.id,
    full_name: `${place.name}, ${place.country}`,
    name: place.name,
    country: place.country,
    country_code: place.code,
    place_type: place.type,
    geo: { type: 'Feature', bbox: [place.west, place.south, place.east, place.north], properties: {} },
  };
}
