import { describe, expect, it } from '@jest/globals';

import { readV1 } from './v1.js';

const user = (name: string, change: object = {}) => ({
  id_str: `${name.length}`,
  screen_name: name,
  name: name.toUpperCase(),
  followers_count: 12,
  friends_count: '3',
  statuses_count: 4.0,
  ...change,
});
const entities = (tag: string) => ({
  hashtags: [{ text: tag, indices: [0, 5] }],
  user_mentions: [{ screen_name: `with_${tag}`, id_str: '77' }],
  urls: [{ expanded_url: `https://${tag}.example/` }, { expanded_url: null }, {}],
});
const post = { id_str: '1', text: 'short', entities: entities('short'), user: user('ann') };

describe('a post of X v1.1', () => {
  it('is read whole where a stream cuts it, without mixing', () => {
    const extended = { full_text: 'the whole', entities: entities('whole') };
    const read = readV1({ ...post, truncated: true, extended_tweet: extended });
    expect(read).toMatchObject({ text: 'the whole', hashtags: ['whole'], urls: ['https://whole.example/'] });
  });

  it('is its original where it reposts, with the author of that first among the mentions', () => {
    const original = {
      id_str: '5',
      text: 'cut',
      user: user('carl'),
      retweet_count: 9,
      extended_tweet: { full_text: 'original', entities: entities('all') },
    };
    const read = readV1({ ...post, retweet_count: 0, retweeted_status: original });
    expect(read).toMatchObject({
      text: 'original',
      hashtags: ['all'],
      mentions: [
        { screenName: 'carl', id: '4' },
        { screenName: 'with_all', id: '77' },
      ],
      author: { screenName: 'ann', followers: 12, following: 3, posts: 4 },
      repostOf: '5',
      repostOfAuthor: 'carl',
      reposts: [{ postId: '5', count: 9 }],
    });
  });

  it('tells the highest count of its own reposts', () => {
    expect(readV1({ ...post, retweet_count: '100+' })?.reposts).toEqual([{ postId: '1', count: 100 }]);
    expect(readV1({ ...post, retweet_count: 0 })?.reposts).toEqual([]);
  });

  it('does not descend into what it quotes', () => {
    const quoted = {
      id_str: '6',
      text: 'q',
      entities: entities('quoted'),
      user: user('q'),
      retweet_count: 50,
    };
    const read = readV1({ ...post, quoted_status: quoted });
    expect(read).toMatchObject({ quoteOf: '6', hashtags: ['short'], reposts: [] });
  });

  it('shows all files as what they are, not the first one as a photo', () => {
    const media = (type: string, n: number) => ({
      type,
      media_url: `http://pics/${n}`,
      media_url_https: 'no',
    });
    const variants = [
      { content_type: 'application/x-mpegURL', url: 'list' },
      { content_type: 'video/mp4', bitrate: 10, url: 'small' },
      { content_type: 'video/mp4', bitrate: 20, url: 'large' },
    ];
    const video = { ...media('video', 2), video_info: { variants } };
    const read = readV1({
      ...post,
      entities: { media: [media('photo', 0)] },
      extended_entities: { media: [media('photo', 1), video, media('animated_gif', 3)] },
    });
    expect(read?.media).toEqual([
      { type: 'photo', url: 'http://pics/1' },
      { type: 'video', url: 'large' },
      { type: 'animated_gif', url: 'http://pics/3' },
    ]);
    const old = readV1({ ...post, entities: { media: [media('photo', 0)] } });
    expect(old?.media).toEqual([{ type: 'photo', url: 'http://pics/0' }]);
  });

  it('is one without user, entities, language or readable time', () => {
    expect(readV1({ id: 7, text: 'bare', lang: null, created_at: 'once', geo: {} })).toMatchObject({
      id: '7',
      text: 'bare',
      lang: '',
      createdAt: null,
      author: null,
      hashtags: [],
      point: null,
    });
  });

  it('survives values of every wrong kind', () => {
    for (const wrong of [null, 5, 'x', [], {}, [null], [5], [[]], true]) {
      const read = readV1({
        ...post,
        entities: wrong,
        extended_entities: { media: wrong },
        user: wrong,
        place: { bounding_box: wrong },
        coordinates: wrong,
        retweeted_status: wrong,
        extended_tweet: wrong,
        quoted_status: wrong,
        source: wrong,
        retweet_count: wrong,
      });
      expect(read?.id).toBe('1');
    }
  });

  it('has the exact point, in whichever of the two orders, and the box of its place', () => {
    const geo = { type: 'Point', coordinates: [37, -122] };
    expect(readV1({ ...post, geo })?.point).toEqual([-122, 37]);
    const exact = { type: 'Point', coordinates: [-122, 37] };
    expect(readV1({ ...post, geo, coordinates: exact })?.point).toEqual([-122, 37]);
    const ring = [
      [
        [1, 2],
        [1, 4],
        [3, 4],
        [3, 2],
      ],
    ];
    expect(readV1({ ...post, place: { bounding_box: { coordinates: ring } } })?.box).toEqual({
      west: 1,
      south: 2,
      east: 3,
      north: 4,
    });
  });

  it('is none without an id, or with nothing but an id', () => {
    expect(readV1({ text: 'x' })).toBeNull();
    expect(readV1({ id: 5 })).toBeNull();
  });
});
