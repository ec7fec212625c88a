import { describe, expect, it } from '@jest/globals';

import { wantedFormat } from './list-query.js';

describe('the format of a list', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/csv', 'csv'],
    ['text/csv, */*;q=0.1', 'csv'],
    ['application/json, text/csv', 'json'],
    ['application/json;q=0.5, Text/CSV', 'csv'],
    ['application/json, text/csv;q=0.9', 'json'],
    ['text/csv;q=0', 'json'],
    ['text/plain', 'txt'],
    ['application/json, text/plain, */*', 'json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
  ])('asked as %s is %s', (accept, format) => {
    expect(wantedFormat(accept)).toBe(format);
  });
});
