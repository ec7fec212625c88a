import { describe, expect, it } from '@jest/globals';

import type { Reading } from '../platforms/reading.js';
import { hydrate } from './hydrate.js';

const reading: Reading = {
  platform: 'x',
  instance: '',
  id: '1',
  createdAt: null,
  text: '',
  lang: '',
  client: '',
  author: null,
  hashtags: [],
  mentions: [],
  urls: [],
  media: [],
  point: null,
  box: null,
  repostOf: null,
  repostOfAuthor: null,
  quoteOf: null,
  replyTo: null,
  reposts: [],
};
const hydrated = (change: Partial<Reading>) => hydrate({ ...reading, ...change });

describe('the hydrators', () => {
  it('undo the escapes of the platform, once', () => {
    expect(hydrated({ text: 'R&amp;D &lt;3 &amp;lt; & &quot;' }).text).toBe('R&D <3 &lt; & &quot;');
  });

  it('take the name of the client out of its link', () => {
    expect(hydrated({ client: '<a href="http://x" rel="nofollow">Twitter for iPhone</a>' }).source).toBe(
      'Twitter for iPhone',
    );
    expect(hydrated({ client: 'web' }).source).toBe('web');
    expect(hydrated({ client: '<a href="http://x"></a>' }).source).toBe('');
  });

  it('prefer the exact point to the middle of the place', () => {
    const box = { west: -74, south: 40, east: -73, north: 41 };
    expect(hydrated({ point: [0, 0], box }).geo).toEqual({ lon: 0, lat: 0, exact: true });
    expect(hydrated({ box }).geo).toEqual({ lon: -73.5, lat: 40.5, exact: false });
    expect(hydrated({}).geo).toBeNull();
  });

  it('find the middle across the date line', () => {
    const lat = { south: -19, north: -17 };
    expect(hydrated({ box: { west: 177, east: -178, ...lat } }).geo).toEqual({
      lon: 179.5,
      lat: -18,
      exact: false,
    });
    expect(hydrated({ box: { west: 178, east: -177, ...lat } }).geo?.lon).toBe(-179.5);
  });
});
