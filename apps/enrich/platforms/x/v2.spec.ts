import { describe, expect, it } from '@jest/globals';

import { readV2 } from './v2.js';

const users = [
  {
    id: '10',
    username: 'Ann',
    name: 'A',
    public_metrics: { followers_count: 6, following_count: 2, tweet_count: 9 },
  },
  { id: '11', username: 'Carl' },
];
const post = {
  id: '1',
  author_id: '10',
  text: 'hi #a',
  lang: 'en',
  entities: { hashtags: [{ tag: 'a' }], mentions: [{ username: 'Bo', id: '3' }] },
};
const original = {
  id: '5',
  author_id: '11',
  text: 'whole #b',
  entities: { hashtags: [{ tag: 'b' }] },
  attachments: { media_keys: ['3_1', '3_gone', '7_2'] },
  public_metrics: { retweet_count: 4 },
};
const media = [
  { media_key: '3_1', type: 'photo', url: 'p' },
  { media_key: '7_2', type: 'video', preview_image_url: 'v' },
];
const repost = { ...post, text: 'RT @Carl: who…', referenced_tweets: [{ type: 'retweeted', id: '5' }] };

describe('a post of X v2', () => {
  it('finds its author among the includes', () => {
    expect(readV2({ data: post, includes: { users } })?.author).toEqual({
      id: '10',
      screenName: 'Ann',
      name: 'A',
      followers: 6,
      following: 2,
      posts: 9,
    });
    expect(readV2({ data: post })?.author).toMatchObject({ id: '10', screenName: '', followers: null });
    expect(readV2({ id: '1', text: 'bare' })?.author).toBeNull();
  });

  it.each([
    ['referenced_tweets', 'tweets'],
    ['referenced_posts', 'posts'],
  ])('is its original where it reposts (%s)', (references, included) => {
    const { referenced_tweets: refs, ...wrapper } = repost;
    const read = readV2({
      data: { ...wrapper, [references]: refs, public_metrics: { retweet_count: 7 } },
      includes: { users, media, [included]: [original] },
    });
    expect(read).toMatchObject({
      text: 'whole #b',
      hashtags: ['b'],
      mentions: [{ screenName: 'Carl', id: '11' }],
      media: [
        { type: 'photo', url: 'p' },
        { type: 'video', url: 'v' },
      ],
      repostOf: '5',
      repostOfAuthor: 'Carl',
      reposts: [{ postId: '5', count: 7 }],
    });
  });

  it('keeps its own entities where the original did not come along', () => {
    expect(readV2({ data: repost })).toMatchObject({
      text: 'RT @Carl: who…',
      hashtags: ['a'],
      mentions: [{ screenName: 'Bo', id: '3' }],
      repostOf: '5',
      repostOfAuthor: 'Carl',
    });
  });

  it('knows the author of an original who is not included from the wrapper', () => {
    const read = readV2({ data: repost, includes: { tweets: [original] } });
    expect(read?.mentions).toEqual([{ screenName: 'Carl', id: '11' }]);
  });

  it.each(['note_tweet', 'note_post'])('is the long text where it has one (%s)', (key) => {
    const note = { text: 'a long text #z', entities: { hashtags: [{ tag: 'z' }] } };
    expect(readV2({ ...post, [key]: note })).toMatchObject({ text: 'a long text #z', hashtags: ['z'] });
  });

  it('leaves out the links to its own media', () => {
    const urls = [
      { expanded_url: 'https://a.example/', display_url: 'a.example' },
      { expanded_url: 'https://x/photo/1', display_url: 'pic.twitter.com/1' },
      { expanded_url: 'https://x/photo/2', display_url: 'pic.x.com/1' },
      { expanded_url: 'https://x/photo/3', display_url: 'x', media_key: '3_1' },
      { expanded_url: '' },
    ];
    expect(readV2({ ...post, entities: { urls } })?.urls).toEqual(['https://a.example/']);
  });

  it('is read from the flattened form', () => {
    const flat = {
      ...repost,
      author: users[0],
      attachments: { media: [{ type: 'photo', url: 'q' }] },
      geo: { place_id: 'p', geo: { bbox: [1, 2, 3, 4] } },
      referenced_tweets: [
        { type: 'retweeted', ...original, author: users[1] },
        { type: 'quoted', id: '8' },
      ],
    };
    expect(readV2(flat)).toMatchObject({
      author: { screenName: 'Ann' },
      text: 'whole #b',
      mentions: [{ screenName: 'Carl', id: '11' }],
      box: { west: 1, south: 2, east: 3, north: 4 },
    });
    const { referenced_tweets: _, ...plain } = flat;
    expect(readV2(plain)?.media).toEqual([{ type: 'photo', url: 'q' }]);
  });

  it('has its point, else the box of the included place', () => {
    const places = [{ id: 'p', geo: { bbox: [1, 2, 3, 4] } }];
    const geo = { place_id: 'p', coordinates: { type: 'Point', coordinates: [7, 8] } };
    expect(readV2({ data: { ...post, geo }, includes: { places } })).toMatchObject({
      point: [7, 8],
      box: { west: 1, south: 2, east: 3, north: 4 },
    });
  });

  it('knows what it quotes and answers', () => {
    const references = [
      { type: 'quoted', id: '8' },
      { type: 'replied_to', id: '9' },
    ];
    expect(readV2({ ...post, referenced_tweets: references })).toMatchObject({ quoteOf: '8', replyTo: '9' });
  });

  it('is simulated where the page or the post says so first', () => {
    expect(readV2({ simulated: {}, data: post })?.platform).toBe('simulated-x');
    expect(readV2({ data: { simulated: {}, ...post } })?.platform).toBe('simulated-x');
    expect(readV2({ data: { ...post, simulated: {} } })?.platform).toBe('x');
  });
});
