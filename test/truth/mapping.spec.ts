import { describe, expect, it } from '@jest/globals';

import { outcomeOf } from '../../apps/enrich/outcome-of.js';
import { rawRecords } from './mapping.records.js';
import { Tally } from './tally.js';
import { differences, type Summary, type TruthSet, truthSets } from './truth.js';

const sets = truthSets();

async function summarised(set: TruthSet): Promise<Summary> {
  const tally = new Tally();
  let offset = 0;
  for await (const { bytes, meta } of rawRecords(set)) {
    tally.add(outcomeOf(bytes, meta, { partition: 0, offset }));
    offset += 1;
  }
  return tally.summary();
}

describe('mapping the real posts', () => {
  it.each(sets.map((set) => [set.name, set] as const))('%s gives exactly its truth', async (_, set) => {
    expect(differences(set, await summarised(set))).toEqual([]);
  });
});

describe('comparing with the truth', () => {
  const find = (name: string) => {
    const set = sets.find((some) => some.name.endsWith(name));
    if (!set) throw new Error(`There is no set ${name}.`);
    return set;
  };

  it('names each list that is off by one', async () => {
    const set = find('stream_deletes_100.jsonl');
    const right = await summarised(set);
    const more = <T>(list: readonly T[]) => [...list, ...list.slice(0, 1)];
    const wrong: Record<keyof Summary, unknown> = {
      posts: right.posts + 1,
      duplicates: right.duplicates + 1,
      hashtags: more(right.hashtags),
      mentions: right.mentions.slice(1),
      urls: right.urls.map(([key, count]) => [key, count + 1]),
      domains: more(right.domains),
      photos: right.photos.slice(1),
      languages: right.languages.toReversed(),
      followers: { ...right.followers, RettaTias: 1 },
      ratios: { ...right.ratios, RettaTias: 1 },
      reposts: right.reposts.slice(1),
      hashtagEdges: right.hashtagEdges.slice(1),
      mentionEdges: more(right.mentionEdges),
      postIds: right.postIds.slice(1),
      points: right.points.map(([id, lon, lat]) => [id, lat, lon]),
      controls: { delete: 11 },
      rejections: { not_a_post: 1 },
    };
    for (const key of Object.keys(right) as (keyof Summary)[]) {
      const spoiled = { ...right, [key]: wrong[key] } as Summary;
      expect([key, differences(set, spoiled).length > 0]).toEqual([key, true]);
    }
  });

  it('holds the lists of a personal archive, too', async () => {
    const set = find('rtiatmla_2021');
    const right = await summarised(set);
    expect(differences(set, { ...right, photos: [] })).not.toEqual([]);
    expect(differences(set, { ...right, rejections: { shape: 1 } })).not.toEqual([]);
  });
});
