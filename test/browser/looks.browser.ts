import { mkdirSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { type Look, ROOT, SHOTS, open, overflow, picture, startBrowser, violations } from './browser.js';
import { type FakeApi, startFakeApi } from './fake-api.js';
import { demoCollections } from './fake-state.js';

jest.setTimeout(120_000);

const looks: readonly Look[] = [
  { width: 1440, theme: 'light' },
  { width: 1440, theme: 'dark' },
  { width: 390, theme: 'light' },
  { width: 390, theme: 'dark' },
];

const views: readonly (readonly [name: string, path: string])[] = [
  ['list', '/'],
  ['collection', '/collections/benedikt'],
  ['collection-reading', '/collections/museum'],
  ['collection-empty', '/collections/empty'],
  ['collection-failed', '/collections/leiden'],
  ['collection-years', '/collections/mine'],
  ['hashtags', '/collections/benedikt/lists/hashtags'],
  ['people', '/collections/benedikt/lists/authors'],
  ['reposts', '/collections/benedikt/lists/reposts'],
  ['posts', '/collections/benedikt/posts?hashtag=benedikt&q=storm'],
  ['rejections', '/collections/benedikt/rejections'],
  ['system', '/system'],
  ['gone', '/collections/nobody'],
];

describe('every page in every look', () => {
  let browser: Browser;
  let api: FakeApi;
  let nothing: FakeApi;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    browser = await startBrowser();
    api = await startFakeApi(ROOT, demoCollections());
    api.postsLastMinute = 221;
    api.rebuilds.push(...rebuilds);
    nothing = await startFakeApi(ROOT, []);
  });

  afterAll(async () => {
    await browser.close();
    await api.close();
    await nothing.close();
  });

  const check = async (base: string, name: string, path: string, look: Look) => {
    const { page, faults, close } = await open(browser, base, path, look);
    await page.waitForLoadState('networkidle', { timeout: 4_000 }).catch(() => undefined);
    await page.locator('main h1').waitFor();
    await page.evaluate(() => document.fonts.ready);
    await picture(page, name, look);
    expect({ name, overflow: await overflow(page) }).toEqual({ name, overflow: 0 });
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await close();
  };

  for (const look of looks) {
    it.each(views)(
      `shows %s at ${look.width} px, ${look.theme}, within its width and readable for all`,
      (name, path) => check(api.url, name, path, look),
    );
    it(`shows the first start at ${look.width} px, ${look.theme}, within its width and readable for all`, () =>
      check(nothing.url, 'start', '/', look));
  }
});

const rebuilds: Record<string, unknown>[] = [
  {
    id: 'b1',
    kind: 'rebuild',
    from: 'enriched',
    state: 'replaying',
    progress: { done: 2_473_714, total: 3_484_104 },
    compared: null,
    differences: [],
    error: null,
    requestedAt: '2026-11-21T14:10:00.000Z',
    changedAt: '2026-11-21T14:20:00.000Z',
  },
  {
    id: 'v2',
    kind: 'verification',
    from: 'enriched',
    state: 'completed',
    progress: { done: 3_391_020, total: 3_391_020 },
    compared: { tables: 14, rows: 31_204, differing: 1 },
    differences: [{ table: 'counters', key: 'benedikt hashtag عاصفة', live: '3312', replayed: '3311' }],
    error: null,
    requestedAt: '2026-11-21T12:55:00.000Z',
    changedAt: '2026-11-21T13:00:00.000Z',
  },
  {
    id: 'v1',
    kind: 'verification',
    from: 'raw',
    state: 'completed',
    progress: { done: 3_391_020, total: 3_391_020 },
    compared: { tables: 14, rows: 31_204, differing: 0 },
    differences: [],
    error: null,
    requestedAt: '2026-11-21T02:55:00.000Z',
    changedAt: '2026-11-21T03:00:00.000Z',
  },
];
