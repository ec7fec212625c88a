import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  type AuthorRow,
  type Collection,
  type Count,
  type CountedList,
  countedLists,
  type Edge,
  type GeoRow,
  type Job,
  type Page,
  type PostDetail,
  type PostRow,
  type Problem,
  type Rejection,
  type RepostRow,
  type Timeline,
} from '#libs/api';
import { countedKeys, type Outcome, type Post } from '#libs/events';

import { compareCodePoints } from '../../apps/aggregate/projections/projection.js';
import { control, enriched, rejected, somePost } from '../../apps/aggregate/testing/outcomes.js';
import { Live } from '../../apps/gateway/http/live.js';
import { streamWhenFree, TestGateway } from './gateway-harness.js';

const tags = [
  'Storm',
  'storm',
  'STORM',
  'straße',
  'İstanbul',
  '\u{1F426}',
  '\uFF21zoo',
  '日本語',
  '=cmd',
  '@at',
  '-1+1',
];
const langs = ['en', '', 'ja', 'und'];
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

function authorNumber(n: number): Post['author'] {
  if (n % 11 === 0) return null;
  const screenName = pick(['Ada', 'BOB', 'eve', 'Zoë', '+plus'], n * 7);
  return {
    id: n % 5 === 0 ? null : String(screenName.length * 1_000 + (n % 2)),
    screenName,
    name: `${screenName} ${n}`,
    followers: n % 4 === 0 ? null : n,
    following: n % 3,
    posts: 1,
  };
}

/** Posts with everything that is counted, some of it twice in one post, some of it hostile. */
function postNumber(n: number): Post {
  return somePost(String(1_000_000_000_000_000_000n + BigInt(n)), {
    createdAt: n % 13 === 0 ? null : new Date(Date.UTC(2026, 0, 1 + (n % 3), n % 24, n % 60)).toISOString(),
    text: pick(
      ['Big storm, big wind', '東京都で嵐', 'a "quoted", text\nin two lines', '=HYPERLINK("x")', '🔥🔥'],
      n,
    ),
    lang: pick(langs, n),
    source: pick(['Web', '', 'Bot "9"'], n),
    author: authorNumber(n),
    hashtags: Array.from({ length: n % 4 }, (_, i) => pick(tags, n * 3 + i * (n % 2))),
    mentions: n % 3 === 0 ? [{ screenName: pick(['Ada', 'ADA', 'élan'], n), id: null }] : [],
    urls: n % 5 === 0 ? [`https://Example.org/${n % 7}`, 'https://Example.org/0'] : [],
    media:
      n % 6 === 0 ? [{ type: pick(['photo', 'video'] as const, n), url: `https://img/${n % 9}.jpg` }] : [],
    geo: n % 8 === 0 ? { lon: -73.5 + n / 100, lat: 40, exact: n % 16 === 0 } : null,
    repostOf: n % 9 === 0 ? '900' : null,
    repostOfAuthor: n % 9 === 0 ? 'Original' : null,
    reposts:
      n % 9 === 0 ? [{ postId: '900', count: n }] : n % 10 === 0 ? [{ postId: String(n), count: 5 }] : [],
  });
}

const POSTS = 240;
const posts = Array.from({ length: POSTS }, (_, n) => postNumber(n));
const PARTITIONS = 3;

function outcomesOf(collection: string, job: string): Outcome[] {
  const about = (n: number) => ({
    collection,
    job,
    source: `${job}.0`,
    position: n,
    raw: { partition: n % PARTITIONS, offset: Math.floor(n / PARTITIONS) },
  });
  const outcomes: Outcome[] = posts.map((post, n) => enriched(about(n), post));
  // A second copy of three posts, two control messages, four rejections.
  for (let i = 0; i < 3; i += 1) outcomes.push(enriched(about(POSTS + i), postNumber(i)));
  for (let i = 3; i < 5; i += 1) outcomes.push(control(about(POSTS + i)));
  for (let i = 5; i < 9; i += 1) outcomes.push(rejected(about(POSTS + i), `no JSON, "${i}"`));
  return outcomes;
}

describe('lists of a collection', () => {
  let gateway: TestGateway;
  let base: string;
  let collection: Collection;
  /** Read when the job had read everything and nothing was counted. */
  let uncounted: { job: Job; collection: Collection };

  beforeAll(async () => {
    gateway = await TestGateway.start();
    // Another collection with the same posts: nothing of it may show.
    for (const name of ['Other', 'Mine: "Zoë" / 1']) {
      const submitted = await gateway.upload({ 'a.jsonl': 'x' }, { fields: { name } });
      const job = (await submitted.json()) as Job;
      await gateway.project();
      const at = new Date().toISOString();
      const envelope = { id: 'x', version: 1, occurredAt: at, receivedAt: at } as const;
      const checkpoint = { source: 1, position: 1 };
      const collected = { unit: 'bytes', done: 1, total: 1, records: 249 } as const;
      await gateway.foldEvents([
        { ...envelope, type: 'JobClaimed', data: { job: job.id, epoch: 1, holder: 'h' } },
        {
          ...envelope,
          type: 'SourceOpened',
          data: {
            job: job.id,
            collection: job.collection,
            epoch: 1,
            source: `${job.id}.0`,
            name: 'a.jsonl',
            bytes: 1,
          },
        },
        {
          ...envelope,
          type: 'JobCompleted',
          data: { job: job.id, epoch: 1, checkpoint, collected, ends: { '0': 83, '1': 83, '2': 83 } },
        },
      ]);
      base = `/api/v1/collections/${job.collection}`;
      if (name === 'Other') continue;
      uncounted = {
        job: await gateway.get<Job>(`/api/v1/jobs/${job.id}`),
        collection: await gateway.get<Collection>(base),
      };
      await gateway.count(outcomesOf(job.collection, job.id));
    }
    collection = await gateway.get<Collection>(base);
    await gateway.count(
      outcomesOf('other0000000', 'job000000001').map((outcome) => ({
        ...outcome,
        raw: { ...outcome.raw, offset: outcome.raw.offset + 83 },
      })),
    );
  }, 60_000);
  afterAll(() => gateway?.stop());

  const pages = async <T>(path: string, limit: number): Promise<T[]> => {
    const items: T[] = [];
    for (let next: string | null = ''; next !== null;) {
      const sign = path.includes('?') ? '&' : '?';
      const page: Page<T> = await gateway.get(
        `${base}/${path}${sign}limit=${limit}${next === '' ? '' : `&cursor=${next}`}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      next = page.next;
    }
    return items;
  };
  const file = async (path: string): Promise<string> => {
    const response = await gateway.fetch(`${base}/${path}`);
    expect(response.status).toBe(200);
    return response.text();
  };
  const rows = (csv: string): string[][] => {
    const cells = [...csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/g)];
    const table: string[][] = [[]];
    for (const [, quoted, plain, end] of cells) {
      table.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
      if (end === '\n') table.push([]);
    }
    return table.slice(0, -1);
  };
  const found = async (query: Record<string, string>): Promise<PostRow[]> =>
    pages<PostRow>(`posts?${new URLSearchParams(query).toString()}`, 37);

  const filterOf: Record<CountedList, string> = {
    hashtags: 'hashtag',
    mentions: 'mention',
    urls: 'url',
    domains: 'domain',
    media: 'media',
    languages: 'language',
    sources: 'source',
  };

  it('have totals that the posts explain, and say when all is counted', async () => {
    const { totals } = collection;
    expect(uncounted.job).toMatchObject({ state: 'running', reason: expect.stringContaining('counted') });
    expect(uncounted.collection).toMatchObject({ settled: false });
    expect(collection).toMatchObject({ name: 'Mine: "Zoë" / 1', settled: true });
    expect(totals).toMatchObject({
      posts: POSTS,
      duplicates: 3,
      rejections: 4,
      rejectionReasons: { json: 4 },
      controls: { delete: 2 },
      withMedia: posts.filter(({ media }) => media.length > 0).length,
      located: posts.filter(({ geo }) => geo).length,
      exactlyLocated: posts.filter(({ geo }) => geo?.exact).length,
    });
    const times = posts.flatMap(({ createdAt }) => createdAt ?? []).toSorted(compareCodePoints);
    expect(totals).toMatchObject({ firstPostAt: times[0], lastPostAt: times.at(-1) });
    expect(await found({ withMedia: 'true' })).toHaveLength(totals.withMedia);
    expect(await found({ located: 'any' })).toHaveLength(totals.located);
    expect(await found({ located: 'exact' })).toHaveLength(totals.exactlyLocated);
    expect((await found({ duplicated: 'true' })).map(({ duplicates }) => duplicates)).toEqual([1, 1, 1]);
    const [job] = collection.jobs;
    expect(await gateway.get<Job>(`/api/v1/jobs/${job}`)).toMatchObject({
      state: 'completed',
      reason: null,
      stages: { count: { done: 249, total: 249 } },
      sources: [{ id: `${job}.0`, name: 'a.jsonl', bytes: 1 }],
    });
  });

  it.each(countedLists)(
    '%s: pages, file and links tell the same, ordered by count and code point',
    async (list) => {
      const kind = filterOf[list];
      const expected = new Map<string, number>();
      for (const post of posts) {
        for (const each of countedKeys(post)) {
          if (each.kind === kind) expected.set(each.key, (expected.get(each.key) ?? 0) + 1);
        }
      }
      const sorted = [...expected].toSorted(([a, n], [b, m]) => m - n || compareCodePoints(a, b));
      const items = await pages<Count>(list, 2);
      expect(items.map(({ key, count }) => [key, count])).toEqual(sorted);
      expect(collection.totals.distinct[list]).toBe(items.length);
      const csv = rows(await file(`${list}.csv`));
      const [head, ...lines] = csv;
      expect(head?.at(-1)).toBe('count');
      expect(lines.map((line) => [line[0], Number(line.at(-1))])).toEqual(sorted);
      for (const { key, posts: behind } of items) {
        expect(await found({ [kind]: key })).toHaveLength(behind);
      }
    },
  );

  it('show hashtags as most often written, and count them without regard to case', async () => {
    const items = await pages<Count>('hashtags', 100);
    expect(items.map(({ key }) => key)).toContain('i̇stanbul');
    expect(items.find(({ key }) => key === 'i̇stanbul')?.display).toBe('İstanbul');
    expect(await found({ hashtag: '#sToRm' })).toHaveLength(
      items.find(({ key }) => key === 'storm')?.posts ?? -1,
    );
  });

  it.each(['posts', 'followers', 'ratio'] as const)(
    'authors by %s: pages, file and links agree',
    async (sort) => {
      const items = await pages<AuthorRow>(`authors?sort=${sort}`, 2);
      expect(items).toHaveLength(collection.totals.authors);
      const values = items.map((row) => row[sort] ?? -1);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
      expect(items.reduce((sum, { posts: n }) => sum + n, 0)).toBe(
        posts.filter(({ author }) => author).length,
      );
      for (const { id, screenName, posts: behind } of items) {
        expect(await found({ author: id ?? `@${screenName}` })).toHaveLength(behind);
      }
      const [head, ...lines] = rows(await file(`authors.csv?sort=${sort}`));
      expect(head).toEqual(
        {
          posts: ['user', 'name', 'user_id', 'posts', 'followers', 'following', 'ratio'],
          followers: ['user', 'count'],
          ratio: ['user', 'ratio'],
        }[sort],
      );
      expect(lines).toHaveLength(items.filter((row) => row[sort] !== null).length);
    },
  );

  it('reposts: the highest count seen, with the post or one of its reposts', async () => {
    const items = await pages<RepostRow>('reposts', 3);
    expect(items[0]).toMatchObject({ postId: '900', count: 234, post: { author: 'Original' } });
    expect(items[1]).toMatchObject({ count: 5, post: null });
    expect(rows(await file('reposts.csv'))).toEqual([
      ['tweet_id', 'count'],
      ...items.map(({ postId, count }) => [postId, String(count)]),
    ]);
    const behind = await found({ repostsOf: '900' });
    expect(behind).toHaveLength(posts.filter(({ repostOf }) => repostOf === '900').length);
  });

  it('geo: every located post, negative numbers as numbers', async () => {
    const items = await pages<GeoRow>('geo', 7);
    expect(items).toHaveLength(collection.totals.located);
    const [head, first] = rows(await file('geo.csv?profile=spreadsheet'));
    expect(head).toEqual(['tweet_id', 'lon', 'lat', 'exact']);
    expect(first?.[1]).toBe(String(items[0]?.lon));
  });

  it('timeline: bins of all posts, and of the posts of a filter', async () => {
    const times = posts.flatMap(({ createdAt }) => createdAt ?? []);
    for (const [bucket, length] of [
      ['minute', 16],
      ['hour', 13],
      ['day', 10],
    ] as const) {
      const { items } = await gateway.get<Timeline>(`${base}/timeline?bucket=${bucket}`);
      const bins = new Map<string, number>();
      for (const time of times) bins.set(time.slice(0, length), (bins.get(time.slice(0, length)) ?? 0) + 1);
      expect(items.map(({ at, count }) => [at.slice(0, length), count])).toEqual(
        [...bins].toSorted(([a], [b]) => compareCodePoints(a, b)),
      );
      const csv = rows(await file(`timeline.csv?bucket=${bucket}`));
      expect(csv).toEqual([['time', 'count'], ...items.map(({ at, count }) => [at, String(count)])]);
    }
    const storm = await found({ hashtag: 'storm' });
    const { items } = await gateway.get<Timeline>(`${base}/timeline?bucket=day&hashtag=storm`);
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(
      storm.filter(({ createdAt }) => createdAt !== null).length,
    );
    const day = { from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' };
    const { items: days } = await gateway.get<Timeline>(`${base}/timeline?bucket=day`);
    expect(await found(day)).toHaveLength(days.find(({ at }) => at.startsWith('2026-01-02'))?.count ?? -1);
  });

  it.each(['hashtags', 'mentions'] as const)(
    'edges to %s: counted as JSON, one row per occurrence as CSV',
    async (kind) => {
      const expected: [string, string][] = posts.flatMap(({ author, hashtags, mentions }) => {
        const to =
          kind === 'hashtags' ? hashtags.map((tag) => tag.toLowerCase()) : mentions.map((m) => m.screenName);
        return author ? to.map((each): [string, string] => [author.screenName, each]) : [];
      });
      const [head, ...lines] = rows(await file(`edges/${kind}.csv`));
      expect(head).toEqual(kind === 'hashtags' ? ['user', 'hashtag'] : ['from_user', 'to_user']);
      expect(lines).toEqual(expected);
      const items = await pages<Edge>(`edges/${kind}`, 3);
      expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
      expect(new Set(items.map(({ from, to }) => `${from}\t${to}`)).size).toBe(items.length);
      expect(items.map(({ count }) => count)).toEqual(
        items.map(({ count }) => count).toSorted((a, b) => b - a),
      );
    },
  );

  it('posts: both orders go through all of them, in pages of any size', async () => {
    for (const order of ['newest', 'oldest']) {
      const whole = await pages<PostRow>(`posts?order=${order}`, 1_000);
      const paged = await pages<PostRow>(`posts?order=${order}`, 7);
      expect(paged).toEqual(whole);
      expect(new Set(whole.map(({ id }) => id)).size).toBe(POSTS);
      const times = whole.flatMap(({ createdAt }) => createdAt ?? []);
      expect(times).toEqual(
        times.toSorted((a, b) => (order === 'newest' ? compareCodePoints(b, a) : compareCodePoints(a, b))),
      );
    }
    const [head, ...lines] = rows(await file('posts.csv'));
    expect(head).toContain('text');
    expect(lines.map((line) => line[0])).toEqual(posts.map(({ id }) => id));
    expect(lines.map((line) => line[head?.indexOf('text') ?? -1])).toEqual(posts.map(({ text }) => text));
    const ids = posts.map(({ id }) => id);
    expect((await file('post-ids.txt')).split('\n')).toEqual([...ids, '']);
    expect((await pages<string>('post-ids?order=oldest', 50)).toSorted(compareCodePoints)).toEqual(ids);
  });

  it('posts: are found by their words, whatever the script', async () => {
    const having = (text: string) => posts.filter((post) => post.text.includes(text)).length;
    expect(await found({ q: 'STORM wind' })).toHaveLength(having('storm'));
    expect(await found({ q: 'stor' })).toHaveLength(0);
    expect(await found({ q: '東京' })).toHaveLength(having('東京'));
    expect(await found({ q: '嵐' })).toHaveLength(having('嵐'));
    expect(await found({ q: '🔥' })).toHaveLength(having('🔥'));
    expect(await found({ q: 'storm', language: 'ja', hashtag: 'storm' })).toHaveLength(
      posts.filter(
        (p) => p.text.includes('storm') && p.lang === 'ja' && p.hashtags.some((t) => /^storm$/i.test(t)),
      ).length,
    );
    expect(await found({ q: `' or 1=1; --` })).toHaveLength(0);
  });

  it('a post: with what the platform sent, exact to the byte', async () => {
    const [first] = await found({ order: 'oldest' });
    const raw = '{"id":12345678901234567890, "text" : "as sent"}';
    const row = await gateway.sql<{ p: number; o: number }>(
      `select raw_partition as p, raw_offset as o from gen_1.posts where id = $1 and collection = $2`,
      [first?.id, collection.id],
    );
    gateway.raw.set(`${row[0]?.p}:${row[0]?.o}`, Buffer.from(raw));
    const detail = await gateway.get<PostDetail>(`${base}/posts/${encodeURIComponent(first?.ref ?? '')}`);
    expect(detail).toMatchObject({ ...first, rawText: raw, raw: { text: 'as sent' } });
    expect(await gateway.get<PostDetail>(`${base}/posts/${first?.id}`)).toEqual(detail);
    expect((await gateway.fetch(`${base}/posts/x:x.com:0`)).status).toBe(404);
  });

  it('rejections: with their place, as pages and file, and tried again by a job', async () => {
    const items = await pages<Rejection>('rejections', 3);
    expect(items).toHaveLength(4);
    expect(items[0]).toMatchObject({
      file: 'a.jsonl',
      line: 3,
      offset: 120,
      reason: 'json',
      excerpt: '{"broken',
    });
    expect(rows(await file('rejections.csv'))).toHaveLength(5);
    expect(await pages<Rejection>('rejections?reason=shape', 3)).toEqual([]);
    const before = gateway.log.events.length;
    const some = { ids: [items[1]?.id ?? '', '2:999999'] };
    const replayed = await gateway.send('POST', `${base}/rejections/replay`, some);
    expect(replayed.status).toBe(202);
    expect((await replayed.json()) as Job).toMatchObject({
      kind: 'replay',
      collection: collection.id,
      state: 'queued',
    });
    await gateway.send('POST', `${base}/rejections/replay`, { reason: 'json' });
    const places = gateway.log.events.slice(before).map((event) => {
      if (event.type !== 'JobSubmitted' || event.data.spec.kind !== 'replay') throw new Error(event.type);
      return event.data.spec.rejections.map(({ partition, offset }) => `${partition}:${offset}`);
    });
    expect(places).toEqual([[items[1]?.id], items.map(({ id }) => id)]);
    expect((await gateway.send('POST', `${base}/rejections/replay`, { reason: 'shape' })).status).toBe(409);
    expect((await gateway.send('POST', `${base}/rejections/replay`, { ids: ['x'] })).status).toBe(422);
  });

  it('files: exact by default, harmless in a spreadsheet when asked, named after the collection', async () => {
    const exact = await gateway.fetch(`${base}/hashtags`, { headers: { accept: 'text/csv' } });
    expect(exact.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(exact.headers.get('content-disposition')).toBe(
      `attachment; filename="Mine-Zoe-1-count-hashtags.csv"; filename*=UTF-8''Mine-Zo%C3%AB-1-count-hashtags.csv`,
    );
    const text = await exact.text();
    expect(text.startsWith('hashtag,count\n')).toBe(true);
    expect(rows(text).map(([key]) => key)).toEqual(expect.arrayContaining(['=cmd', '@at', '-1+1']));
    const safe = await (await gateway.fetch(`${base}/hashtags.csv?profile=spreadsheet`)).arrayBuffer();
    expect([...new Uint8Array(safe).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const keys = rows(new TextDecoder().decode(safe)).map(([key]) => key);
    expect(keys).toEqual(expect.arrayContaining([`'=cmd`, `'@at`, `'-1+1`]));
    const cells = rows(await file('posts.csv?profile=spreadsheet')).flat();
    expect(cells.filter((cell) => /^[=+@\t\r]/.test(cell))).toEqual([]);
  });

  it('let go of their snapshot when a reader goes away, and turn away who comes too many', async () => {
    const endless = async () =>
      (async function* () {
        for (;;) yield await Promise.resolve('x'.repeat(10_000));
      })();
    const live = gateway.app.get(Live);
    const open = () =>
      gateway.sql(
        `select 1 from pg_stat_activity where application_name = 'murmuration-gateway' and xact_start is not null`,
      );
    for (let round = 0; round < 3; round += 1) {
      const streams = await Promise.all(Array.from({ length: 4 }, () => streamWhenFree(live, endless)));
      expect(await open()).toHaveLength(4);
      expect((await gateway.fetch(`${base}/hashtags.csv`)).status).toBe(503);
      for (const stream of streams) stream.destroy();
      while ((await open()).length > 0) await new Promise((next) => setImmediate(next));
    }
    expect((await gateway.fetch(`${base}/hashtags.csv`)).status).toBe(200);
  });

  it('refuse what they do not understand, and nothing else', async () => {
    const refused = async (path: string, field: string) => {
      const response = await gateway.fetch(`${base}/${path}`);
      expect(response.status).toBe(422);
      expect(((await response.json()) as Problem).errors?.[0]?.field).toBe(field);
    };
    const foreign = (await gateway.get<Page<Count>>(`${base}/hashtags?limit=1`)).next;
    await refused(`mentions?cursor=${foreign}`, 'cursor');
    await refused('hashtags?cursor=%00', 'cursor');
    await refused(
      `hashtags?cursor=${Buffer.from('["hashtags",-5,"a\\u0000"]').toString('base64url')}`,
      'cursor',
    );
    await refused('hashtags?limit=1001', 'limit');
    await refused('hashtags?limit=1e9', 'limit');
    await refused('hashtags.csv?profile=none', 'profile');
    await refused('posts?from=yesterday', 'from');
    await refused('authors?sort=luck', 'sort');
    await refused('timeline?bucket=year', 'bucket');
    expect((await gateway.fetch(`${base}/posts?language=%00`)).status).toBe(422);
    expect((await gateway.fetch(`${base}/nothing`)).status).toBe(404);
    expect((await gateway.fetch('/api/v1/collections/nowhere/hashtags.csv')).status).toBe(404);
    expect(await found({ hashtag: 'x'.repeat(5_000) })).toEqual([]);
  });
});
