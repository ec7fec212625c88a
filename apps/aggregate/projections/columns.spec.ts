import { describe, expect, it } from '@jest/globals';

import { indexable } from './columns.js';

describe('a text in a key', () => {
  it('stays as it is when an index takes it', () => {
    const url = `https://example.org/${'a'.repeat(900)}`;
    expect(indexable(url)).toBe(url);
  });

  it('is cut when it is too long, and still told from others with the same beginning', () => {
    const long = `https://example.org/${'ü'.repeat(3_000)}`;
    expect(Buffer.byteLength(indexable(long))).toBeLessThan(1_000);
    expect(indexable(long)).not.toBe(indexable(`${long}x`));
    expect(indexable(long)).toBe(indexable(long));
  });

  it('is not cut through a character', () => {
    const emoji = `x${'🌊'.repeat(1_000)}`;
    expect(Buffer.from(indexable(emoji)).toString()).toBe(indexable(emoji));
  });
});
