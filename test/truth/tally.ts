import { authorKey, countedKeys, type CountedKind, type Outcome, type Post } from '#libs/events';

import { type Counted, type Edges, ranked, type Summary } from './truth.js';

/** Counts outcomes in memory by the rules of the data's README: the first record of a post counts, repost maxima all. */
export class Tally {
  readonly #posts = new Map<string, Post>();
  readonly #reposts = new Map<string, number>();
  readonly #controls = new Map<string, number>();
  readonly #rejections = new Map<string, number>();
  #duplicates = 0;

  add(outcome: Outcome): void {
    if (outcome.type === 'ControlSeen') bump(this.#controls, outcome.data.kind);
    if (outcome.type === 'RecordRejected') bump(this.#rejections, outcome.data.reason);
    if (outcome.type !== 'PostEnriched') return;
    const post = outcome.data;
    for (const { postId, count } of post.reposts) {
      this.#reposts.set(postId, Math.max(count, this.#reposts.get(postId) ?? 0));
    }
    if (this.#posts.has(post.id)) this.#duplicates += 1;
    else this.#posts.set(post.id, post);
  }

  summary(): Summary {
    const posts = [...this.#posts.values()];
    return {
      posts: posts.length,
      duplicates: this.#duplicates,
      hashtags: countedOf(posts, 'hashtag'),
      mentions: countedOf(posts, 'mention'),
      urls: countedOf(posts, 'url'),
      domains: countedOf(posts, 'domain'),
      photos: countedOf(posts, 'media', 'photo'),
      languages: countedOf(posts, 'language'),
      ...accounts(posts),
      reposts: ranked(this.#reposts),
      hashtagEdges: edges(posts, (post) => post.hashtags.map((tag) => tag.toLowerCase())),
      mentionEdges: edges(posts, (post) => post.mentions.map(({ screenName }) => screenName)),
      postIds: posts.map(({ id }) => id),
      points: posts.flatMap(({ id, geo }) => (geo?.exact ? [[id, geo.lon, geo.lat] as const] : [])),
      controls: Object.fromEntries(this.#controls),
      rejections: Object.fromEntries(this.#rejections),
    };
  }
}

function bump(tally: Map<string, number>, key: string): void {
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

function countedOf(posts: readonly Post[], kind: CountedKind, type?: string): Counted {
  const tally = new Map<string, number>();
  for (const post of posts) {
    for (const key of countedKeys(post)) {
      if (key.kind === kind && (type === undefined || key.type === type)) bump(tally, key.key);
    }
  }
  return ranked(tally);
}

/** Followers and ratio of each account as its post with the highest id tells them. */
function accounts(posts: readonly Post[]): Pick<Summary, 'followers' | 'ratios'> {
  const newest = new Map<string, Post>();
  for (const post of posts) {
    if (!post.author) continue;
    const key = authorKey(post.author);
    const known = newest.get(key);
    if (!known || BigInt(post.id) > BigInt(known.id)) newest.set(key, post);
  }
  const followers: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  for (const { author } of newest.values()) {
    if (!author || author.followers === null) continue;
    followers[author.screenName] = author.followers;
    if (author.following) ratios[author.screenName] = author.followers / author.following;
  }
  return { followers, ratios };
}

function edges(posts: readonly Post[], targets: (post: Post) => string[]): Edges {
  const tally = new Map<string, number>();
  for (const post of posts) {
    const from = post.author?.screenName;
    if (from) for (const to of targets(post)) bump(tally, `${from}\n${to}`);
  }
  return [...tally].map(([edge, times]) => {
    const [from = '', to = ''] = edge.split('\n');
    return [from, to, times] as const;
  });
}
