import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';

import { pageQuerySchema } from '#libs/api';

export const listQuerySchema = pageQuerySchema.extend({
  /** Of CSV: `spreadsheet` defuses cells that would run as formulas and adds a byte order mark. */
  profile: z.enum(['exact', 'spreadsheet']).default('exact'),
});
export type ListQuery = z.infer<typeof listQuerySchema>;

/** What a route of a collection is asked, with its query as the schema has it. */
export interface Asked<Query> {
  readonly collection: string;
  readonly query: Query;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What the documentation says of every list. */
export const FILES = 'With `Accept: text/csv`, or `.csv` behind the path, the whole list comes as a file.';

/** Lists are JSON unless a file is named before it. Equal wishes: JSON. */
export function wantedFormat(accept: string | undefined): 'json' | 'csv' | 'txt' {
  const wishes = new Map<string, number>();
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((each) => each.startsWith('q='))?.slice(2);
    wishes.set(type, quality === undefined ? 1 : Number(quality) || 0);
  }
  const wish = (type: string) => wishes.get(type) ?? 0;
  const json = wish('application/json');
  if (wish('text/csv') > json && wish('text/csv') >= wish('text/plain')) return 'csv';
  return wish('text/plain') > json && !wishes.has('text/html') ? 'txt' : 'json';
}
