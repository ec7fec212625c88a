import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { layOut } from './json-layout.js';

describe('JSON laid out for reading', () => {
  it('keeps every digit of an id', () => {
    expect(layOut('{"id":1990871234567890123,"n":1.50}')).toBe(
      '{\n  "id": 1990871234567890123,\n  "n": 1.50\n}',
    );
  });

  it('leaves empty ones closed, and signs within strings alone', () => {
    expect(layOut('{"a":[],"b":{},"c":"{\\"x\\": [1, 2]}"}')).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": "{\\"x\\": [1, 2]}"\n}',
    );
  });

  it('looks as JavaScript would print it, for any value that JavaScript holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(layOut(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });
});
