import { describe, expect, it } from '@jest/globals';

import { authorKey, countedKeys, domainOf, keyHash, searchWords } from './post-keys.js';
import { type Post } from './post.js';

const post: Post = {
  platform: 'x',
  instance: '',
  id: '1',
  createdAt: null,
  text: '',
  lang: 'de',
  source: 'Web',
  author: null,
  hashtags: ['Sturm', 'STURM'],
  mentions: [{ screenName: 'Pegel', id: '5' }],
  urls: ['HTTPS://WWW.Example.com:80/a?b', 'no url'],
  media: [{ type: 'photo', url: 'https://pbs.example/1.jpg' }],
  geo: null,
  repostOf: null,
  repostOfAuthor: null,
  quoteOf: null,
  replyTo: null,
  reposts: [],
};

describe('counted keys', () => {
  it('count each occurrence, lower-cased for hashtags and mentions, with the form as written', () => {
    const keys = countedKeys(post);
    expect(keys.filter(({ kind }) => kind === 'hashtag')).toEqual([
      { kind: 'hashtag', key: 'sturm', form: 'Sturm' },
      { kind: 'hashtag', key: 'sturm', form: 'STURM' },
    ]);
    expect(keys.find(({ kind }) => kind === 'mention')).toEqual({
      kind: 'mention',
      key: 'pegel',
      form: 'Pegel',
    });
    expect(keys.filter(({ kind }) => kind === 'domain').map(({ key }) => key)).toEqual([
      'www.example.com:80',
    ]);
    expect(keys.filter(({ kind }) => kind === 'url')).toHaveLength(2);
  });

  it('count a language and a client for every post, empty where it has none', () => {
    const keys = countedKeys({ ...post, lang: '', source: '' });
    expect(keys.filter(({ key }) => key === '').map(({ kind }) => kind)).toEqual(['language', 'source']);
  });
});

describe('a domain', () => {
  it('is the authority as written, lower-cased', () => {
    expect(domainOf('http://User@Example.ORG:8080/x')).toBe('user@example.org:8080');
    expect(domainOf('https://例え.jp?q')).toBe('例え.jp');
    expect(domainOf('mailto:a@b')).toBeNull();
    expect(domainOf('//example.org')).toBeNull();
  });
});

describe('search words', () => {
  it('are compatibility-folded, lower-cased and each named once', () => {
    expect(searchWords('Sturm STURM ｓｔｕｒｍ, Flut!')).toEqual(['sturm', 'flut']);
  });

  it('are pairs of characters where a script has no spaces', () => {
    expect(searchWords('高潮警報')).toEqual(['高潮', '潮警', '警報']);
  });
});

describe('an author key', () => {
  it('is the account id, else the screen name in lower case', () => {
    expect(authorKey({ id: '7', screenName: 'A' })).toBe('7');
    expect(authorKey({ id: null, screenName: 'MixedCase' })).toBe('@mixedcase');
  });
});

describe('a key hash', () => {
  it('is a safe integer that tells kinds apart', () => {
    const hashes = new Set<number>();
    for (let i = 0; i < 10_000; i += 1) hashes.add(keyHash('hashtag', `tag${i}`));
    expect(hashes.size).toBe(10_000);
    expect([...hashes].every(Number.isSafeInteger)).toBe(true);
    expect(keyHash('hashtag', 'a')).not.toBe(keyHash('mention', 'a'));
  });
});
