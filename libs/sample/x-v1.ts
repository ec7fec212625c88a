import { type Account, countsAt } from './accounts.js';
import {
  type Body,
  cut,
  type Draft,
  type Gallery,
  type Link,
  type Mention,
  type Span,
  type Tag,
} from './draft.js';
import type { Place } from './places.js';
import { at } from './random.js';
import { clients } from './words.js';
import { accountHead, accountTail } from './x-v1-account.js';
import { v1Time } from './x-v1-time.js';

// Written by hand, because a JavaScript number cannot hold the ids and `JSON.stringify` takes no others.

const json = JSON.stringify;
const LIMIT = 140;
/** What a cut text keeps before "… " and the link. */
const KEPT = 110;
/**
 * A post as X v1.1 writes it: one line of JSON without its line end. `start` (epoch ms) is when the run began, from
 * which followers drift; `marker` comes first.
 */
export function writeV1(draft: Draft, start: number, marker = ''): string {
  const { id, repostOf, quoteOf } = draft;
  const parts = [
    `{${marker}"created_at":"${v1Time(draft.at)}","id":${id},"id_str":"${id}",`,
    writeText(draft),
    writeReply(draft.replyTo),
    `"user":${writeAccount(draft.account, (draft.at - start) / 3_600_000)},`,
    writeGeo(draft),
    '"contributors":null,',
    repostOf ? `"retweeted_status":${writeV1(repostOf, start)},` : '',
    `"is_quote_status":${quoteOf !== null},`,
    quoteOf ? `"quoted_status_id":${quoteOf.id},"quoted_status_id_str":"${quoteOf.id}",` : '',
    // One level only: the platform never nests a quote of a quote, and chains would grow without end.
    quoteOf && !quoteOf.quoteOf ? `"quoted_status":${writeV1(quoteOf, start)},` : '',
    writeExtended(draft),
    writeCounts(draft),
    writeOuterEntities(draft),
    `"favorited":false,"retweeted":false,"possibly_sensitive":false,"filter_level":"low",`,
    `"lang":"${draft.language}","timestamp_ms":"${draft.at}"}`,
  ];
  return parts.join('');
}

const isCut = (draft: Draft) => draft.compatible && !draft.repostOf && draft.body.length > LIMIT;

function repostText(original: Draft): { text: string; shift: number } {
  const head = `RT @${original.account.screenName}: `;
  return { text: head + original.body.text, shift: head.length };
}

function writeText(draft: Draft): string {
  const { body, repostOf, compatible } = draft;
  const source = `"source":${writeSource(draft.client)},`;
  if (repostOf) {
    const { text, shift } = repostText(repostOf);
    const whole = shift + body.length <= LIMIT;
    const shown = whole ? text : `${cut(text, LIMIT - 1)}…`;
    return `"${compatible ? 'text' : 'full_text'}":${json(shown)},${source}"truncated":false,`;
  }
  if (isCut(draft)) {
    const shown = `${cut(body.text, KEPT)}… https://t.example/${draft.key}`;
    return `"text":${json(shown)},"display_text_range":[0,${LIMIT}],${source}"truncated":true,`;
  }
  const name = compatible ? 'text' : 'full_text';
  return `"${name}":${json(body.text)},"display_text_range":${shownRange(body)},${source}"truncated":false,`;
}

const shownRange = (body: Body) =>
  `[0,${body.gallery ? Math.max(0, body.gallery.span[0] - 1) : body.length}]`;

function writeSource(client: number): string {
  const { name, url } = at(clients, client);
  return json(`<a href="${url}" rel="nofollow">${name}</a>`);
}

function writeReply(to: Draft | null): string {
  if (!to) {
    return '"in_reply_to_status_id":null,"in_reply_to_status_id_str":null,"in_reply_to_user_id":null,"in_reply_to_user_id_str":null,"in_reply_to_screen_name":null,';
  }
  const { id, screenName } = to.account;
  return `"in_reply_to_status_id":${to.id},"in_reply_to_status_id_str":"${to.id}","in_reply_to_user_id":${id},"in_reply_to_user_id_str":"${id}","in_reply_to_screen_name":"${screenName}",`;
}

function writeAccount(account: Account, hours: number): string {
  const counts = countsAt(account, hours);
  return `${accountHead(account)}"followers_count":${counts.followers},"friends_count":${counts.following},"statuses_count":${counts.posts},${accountTail(account)}`;
}

function writeGeo({ point, place }: Draft): string {
  const coordinates = point
    ? `"geo":{"type":"Point","coordinates":[${point[1]},${point[0]}]},"coordinates":{"type":"Point","coordinates":[${point[0]},${point[1]}]},`
    : '"geo":null,"coordinates":null,';
  return `${coordinates}"place":${place ? writePlace(place) : 'null'},`;
}

function writePlace(place: Place): string {
  const { west, south, east, north } = place;
  return json({
    id: place.id,
    url: `https://api.sim.example/1.1/geo/id/${place.id}.json`,
    place_type: place.type,
    name: place.name,
    full_name: `${place.name}, ${place.country}`,
    country_code: place.code,
    country: place.country,
    bounding_box: {
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [west, north],
          [east, north],
          [east, south],
        ],
      ],
    },
    attributes: {},
  });
}

function writeExtended(draft: Draft): string {
  if (!isCut(draft)) return '';
  const { body } = draft;
  return `"extended_tweet":{"full_text":${json(body.text)},"display_text_range":${shownRange(body)},${writeEntities(draft, 0)}},`;
}

function writeCounts(draft: Draft): string {
  const { repostOf, compatible } = draft;
  // A stream shows 0 on the outside of a repost, a look-up what the original has.
  const reposts = repostOf ? (compatible ? 0 : repostOf.reposts) : draft.reposts;
  return `"quote_count":${draft.quotes},"reply_count":${draft.replies},"retweet_count":${reposts},"favorite_count":${repostOf ? 0 : draft.likes},`;
}

function writeOuterEntities(draft: Draft): string {
  if (draft.repostOf) return `${writeRepostEntities(draft, draft.repostOf)},`;
  if (!isCut(draft)) return `${writeEntities(draft, 0)},`;
  const { body, id, key } = draft;
  const self: Link = {
    short: `https://t.example/${key}`,
    expanded: `https://sim.example/i/web/status/${id}`,
    display: `sim.example/i/web/status/${id.slice(0, 1)}…`,
    span: [KEPT + 2, LIMIT],
  };
  const tags = body.tags.filter(({ span }) => span[1] <= KEPT);
  const mentions = body.mentions.filter(({ span }) => span[1] <= KEPT);
  return `"entities":{${list(tags, mentions, [self], 0)}},`;
}

/** The wrapper's entities are those that the cut text still shows, the original's author first. */
function writeRepostEntities(draft: Draft, original: Draft): string {
  const { shift } = repostText(original);
  const { body, compatible } = draft;
  const shown = ({ span }: { span: Span }) => span[1] + shift < LIMIT;
  const name = original.account.screenName;
  const author: Mention = { account: original.account, span: [3 - shift, 4 + name.length - shift] };
  const mentions = [author, ...body.mentions.filter(shown)];
  const entities = list(body.tags.filter(shown), mentions, body.links.filter(shown), shift);
  if (!body.gallery || compatible) return `"entities":{${entities}}`;
  const media = writeGallery(body.gallery, original, shift);
  return `"entities":{${entities}},"extended_entities":{"media":[${media.all}]}`;
}

function writeEntities(draft: Draft, shift: number): string {
  const { body } = draft;
  const entities = list(body.tags, body.mentions, body.links, shift);
  if (!body.gallery) return `"entities":{${entities}}`;
  const media = writeGallery(body.gallery, draft, shift);
  return `"entities":{${entities},"media":[${media.first}]},"extended_entities":{"media":[${media.all}]}`;
}

const indices = ([start, end]: Span, shift: number) => `"indices":[${start + shift},${end + shift}]`;

function list(
  tags: readonly Tag[],
  mentions: readonly Mention[],
  links: readonly Link[],
  shift: number,
): string {
  const hashtags = tags.map(({ text, span }) => `{"text":${json(text)},${indices(span, shift)}}`);
  const users = mentions.map(
    ({ account: { screenName, name, id }, span }) =>
      `{"screen_name":"${screenName}","name":${json(name)},"id":${id},"id_str":"${id}",${indices(span, shift)}}`,
  );
  const urls = links.map(
    ({ short, expanded, display, span }) =>
      `{"url":"${short}","expanded_url":${json(expanded)},"display_url":${json(display)},${indices(span, shift)}}`,
  );
  return `"hashtags":[${hashtags.join()}],"urls":[${urls.join()}],"user_mentions":[${users.join()}],"symbols":[]`;
}

const videoInfo = (seconds: number, key: string) =>
  `,"video_info":{"aspect_ratio":[16,9],"duration_millis":${seconds * 1000},"variants":[{"bitrate":832000,"content_type":"video/mp4","url":"https://video.sim.example/${key}/640x360.mp4"},{"content_type":"application/x-mpegURL","url":"https://video.sim.example/${key}.m3u8"}]}`;

/** `entities` shows the first file only and calls everything a photo; `extended_entities` tells the truth. */
function writeGallery(gallery: Gallery, draft: Draft, shift: number): { first: string; all: string } {
  const written = gallery.items.map((item, index) => {
    const { id, key, type, width, height, seconds } = item;
    const kind = type === 'photo' ? 'photo' : 'video';
    const path =
      type === 'photo'
        ? `media/${key}.jpg`
        : `${type === 'video' ? 'ext_tw_video' : 'tweet_video'}_thumb/${key}.jpg`;
    const size = (w: number, h: number, resize: string) => `{"w":${w},"h":${h},"resize":"${resize}"}`;
    const head = `{"id":${id},"id_str":"${id}",${indices(gallery.span, shift)},"media_url":"http://pics.sim.example/${path}","media_url_https":"https://pics.sim.example/${path}","url":"${gallery.short}","display_url":"${gallery.display}","expanded_url":"https://sim.example/${draft.account.screenName}/status/${draft.id}/${kind}/${index + 1}","type":"`;
    const tail = `","sizes":{"thumb":${size(150, 150, 'crop')},"small":${size(Math.ceil(width / 2), Math.ceil(height / 2), 'fit')},"medium":${size(width, height, 'fit')},"large":${size(width, height, 'fit')}}`;
    const full = `${head}${type}${tail}${type === 'photo' ? '' : videoInfo(seconds, key)}}`;
    return { full, plain: `${head}photo${tail}}` };
  });
  return { first: at(written, 0).plain, all: written.map(({ full }) => full).join() };
}

/** The platform's message that a post was deleted. Carries the marker too: it names a simulated post. */
export function writeV1Delete(draft: Draft, time: number, marker: string): string {
  const { id, account } = draft;
  return `{${marker}"delete":{"status":{"id":${id},"id_str":"${id}","user_id":${account.id},"user_id_str":"${account.id}"},"timestamp_ms":"${time}"}}`;
}

/** The platform's message that a stream left posts out. */
export function writeV1Limit(track: number, time: number, marker: string): string {
  return `{${marker}"limit":{"track":${track},"timestamp_ms":"${time}"}}`;
}
