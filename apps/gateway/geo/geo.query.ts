import { z } from 'zod';

import { type GeoRow } from '#libs/api';

import { cursorText, decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { type List } from '../http/list.js';
import { batches } from '../http/live.js';

interface Row extends GeoRow {
  readonly instance: string;
}

const listName = 'geo';
const cursorKey = z.tuple([cursorText, cursorText, cursorText]);
const located = `select platform, instance, id as "postId", lon, lat, exact from posts
  where collection = $1 and lon is not null`;
const order = 'order by platform, instance, id';

/** Located posts by id. Served by posts_located; the sort is over those of the collection only. */
export const geoList: List<GeoRow> = {
  file: 'geo',
  columns: ['tweet_id', 'lon', 'lat', 'exact'],
  async page(sql, collection, { limit, cursor }) {
    const after = decodeCursor(listName, cursorKey, cursor) ?? [null, null, null];
    const rows = await sql<Row>(
      `${located} and ($2::text is null or (platform, instance, id) > ($2, $3, $4)) ${order} limit $5`,
      [collection, ...after, limit + 1],
    );
    const page = pageFrom(rows, limit, (row) =>
      encodeCursor(listName, [row.platform, row.instance, row.postId]),
    );
    return {
      items: page.items.map(({ platform, postId, lon, lat, exact }) => ({
        platform,
        postId,
        lon,
        lat,
        exact,
      })),
      next: page.next,
    };
  },
  async *records(sql, collection) {
    for await (const rows of batches<Row>(sql, `${located} ${order}`, [collection])) {
      yield rows.map(({ postId, lon, lat, exact }) => [postId, lon, lat, exact]);
    }
  },
};
