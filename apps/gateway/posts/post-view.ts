import { type PostRow } from '#libs/api';
import { type Post } from '#libs/events';

import { type Cell } from '../http/csv.js';

export interface FoundPost {
  readonly body: Post;
  readonly duplicates: number;
}

export const refOf = ({ platform, instance, id }: Pick<Post, 'platform' | 'instance' | 'id'>): string =>
  `${platform}:${instance}:${id}`;

/** Platform, instance and id of a ref; an id alone where it has no colon. */
export function parseRef(ref: string): { platform: string | null; instance: string | null; id: string } {
  const [, platform = null, instance = null, id = ref] = /^([^:]*):([^:]*):(.*)$/s.exec(ref) ?? [];
  return { platform, instance, id };
}

export function postView({ body, duplicates }: FoundPost): PostRow {
  const { author, mentions, reposts: _, repostOfAuthor: __, ...post } = body;
  return {
    ...post,
    author: author && {
      id: author.id,
      screenName: author.screenName,
      name: author.name,
      followers: author.followers,
      following: author.following,
    },
    mentions: mentions.map(({ screenName }) => screenName),
    duplicates,
    link: linkOf(body),
    ref: refOf(body),
  };
}

/** Where the platform shows the post; made-up posts are nowhere. */
function linkOf({ platform, id, author }: Post): string | null {
  if (platform !== 'x') return null;
  return `https://x.com/${author ? encodeURIComponent(author.screenName) : 'i/web'}/status/${encodeURIComponent(id)}`;
}

export const postColumns = [
  'id',
  'url',
  'created_at',
  'user_id',
  'user',
  'name',
  'followers',
  'following',
  'text',
  'lang',
  'source',
  'hashtags',
  'mentions',
  'urls',
  'media',
  'lon',
  'lat',
  'exact_place',
  'repost_of',
  'quote_of',
  'reply_to',
  'duplicates',
  'platform',
  'instance',
] as const;

/** Lists within a cell are separated by spaces: none of their parts has one. */
export function postRecord(found: FoundPost): Cell[] {
  const post = postView(found);
  return [
    post.id,
    post.link,
    post.createdAt,
    ...authorCells(post),
    post.text,
    post.lang,
    post.source,
    post.hashtags.join(' '),
    post.mentions.join(' '),
    post.urls.join(' '),
    post.media.map(({ url }) => url).join(' '),
    ...geoCells(post),
    post.repostOf,
    post.quoteOf,
    post.replyTo,
    post.duplicates,
    post.platform,
    post.instance,
  ];
}

const authorCells = ({ author }: PostRow): Cell[] =>
  author
    ? [author.id, author.screenName, author.name, author.followers, author.following]
    : [null, null, null, null, null];

const geoCells = ({ geo }: PostRow): Cell[] => (geo ? [geo.lon, geo.lat, geo.exact] : [null, null, null]);
