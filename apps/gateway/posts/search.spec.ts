import { describe, expect, it } from '@jest/globals';

import { searchOf } from './search.js';

describe('a search', () => {
  it('wants every word, as a word, in any case and width', () => {
    const { words, scanned, matches } = searchOf('ＳＴＯＲＭ wind');
    expect(words).toEqual(['storm', 'wind']);
    expect(scanned).toEqual([]);
    expect(matches('Wind and storm!')).toBe(true);
    expect(matches('Windy storm')).toBe(false);
  });

  it('finds runs of scripts without spaces anywhere, by their pairs', () => {
    const { words, matches } = searchOf('東京都');
    expect(words).toEqual(['東京', '京都']);
    expect(matches('昨日東京都で')).toBe(true);
    expect(matches('東京と京都')).toBe(false);
  });

  it('looks into the text for what the index does not know', () => {
    expect(searchOf('嵐')).toMatchObject({ words: [], scanned: ['嵐'] });
    expect(searchOf('🔥 !')).toMatchObject({ words: [], scanned: ['🔥', '!'] });
    expect(searchOf('🔥').matches('so 🔥🔥')).toBe(true);
    expect(searchOf(' ')).toMatchObject({ words: [], scanned: [] });
  });
});
