import { describe, expect, it } from '@jest/globals';

import { readArchive } from './archive.js';

describe('a post of a personal archive', () => {
  it('has its numbers as texts and no user', () => {
    const read = readArchive({
      tweet: {
        id_str: '1359562777325563904',
        full_text: 'RT @them: see',
        retweet_count: '3',
        created_at: 'Wed Feb 10 18:00:00 +0000 2021',
        coordinates: { type: 'Point', coordinates: ['-122.5', '37.25'] },
        entities: { user_mentions: [{ screen_name: 'them', id_str: '-1', id: '-1' }] },
      },
    });
    expect(read).toMatchObject({
      id: '1359562777325563904',
      text: 'RT @them: see',
      createdAt: '2021-02-10T18:00:00.000Z',
      author: null,
      mentions: [{ screenName: 'them', id: null }],
      point: [-122.5, 37.25],
      reposts: [{ postId: '1359562777325563904', count: 3 }],
    });
  });

  it('counts its own entities where it reposts', () => {
    const read = readArchive({
      id_str: '2',
      text: 'RT @a: b',
      created_at: '2010-12-31 14:59:10 +0000',
      user: { id_str: '7', screen_name: 'me' },
      entities: { hashtags: [{ text: 'own' }], user_mentions: [] },
      retweeted_status: {
        id_str: '1',
        user: { screen_name: 'a' },
        entities: { hashtags: [{ text: 'theirs' }] },
      },
    });
    expect(read).toMatchObject({
      hashtags: ['own'],
      mentions: [],
      author: { screenName: 'me' },
      repostOf: '1',
      repostOfAuthor: 'a',
    });
  });

  it('is none without id or text', () => {
    expect(readArchive({ tweet: { full_text: 'x' } })).toBeNull();
    expect(readArchive({ tweet: { id_str: '1' } })).toBeNull();
  });
});
