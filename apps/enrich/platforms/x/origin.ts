import type { Json } from '../json.js';

/**
 * The platform a record says it is from: what the simulated one sends has `simulated` as its first key, outside or on
 * the post within.
 */
export function platformOf(record: Json, within: Json = record): 'x' | 'simulated-x' {
  return isMarked(record) || (within !== record && isMarked(within)) ? 'simulated-x' : 'x';
}

function isMarked(record: Json): boolean {
  for (const key in record) return key === 'simulated';
  return false;
}
