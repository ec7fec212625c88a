import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { ROOT, type Watched, laptop, open, phone, startBrowser } from './browser.js';
import { type FakeApi, startFakeApi } from './fake-api.js';
import { demoCollections } from './fake-state.js';

jest.setTimeout(60_000);

/** States that are hard to reach with a real server. */
describe('what the page says', () => {
  let browser: Browser;
  let api: FakeApi;
  let watched: Watched | null = null;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    api = await startFakeApi(ROOT, demoCollections());
  });

  afterEach(async () => {
    await watched?.close();
    await api.close();
  });

  const visit = async (path: string, look = laptop): Promise<Page> => {
    watched = await open(browser, api.url, path, look);
    await watched.page.locator('main h1').waitFor();
    return watched.page;
  };

  it('shows starlings on a wire at the first start, and begins with the simulation', async () => {
    api.collections.length = 0;
    const page = await visit('/');
    await page.getByRole('heading', { name: 'Nothing collected yet' }).waitFor();
    expect(await page.locator('.sky-band path').count()).toBeGreaterThan(4);
    expect(await page.locator('.command pre').first().textContent()).toContain(
      `curl -F file=@tweets.jsonl ${api.url}/api/v1/jobs`,
    );
    await page.getByRole('button', { name: 'Start the simulation' }).click();
    await page.waitForURL('**/collections/*');
    expect(api.asked.at(-1)).toContain('"kind":"demo"');
  });

  it('changes numbers in place while a file is read, and lets birds fly for it', async () => {
    api.pace = 60;
    const page = await visit('/collections/museum');
    const posts = page.locator('.stat-value').first();
    const before = await posts.textContent();
    await expect(
      page.waitForFunction((old) => document.querySelector('.stat-value')?.textContent !== old, before),
    ).resolves.toBeDefined();
    const flies = () => {
      const canvas = document.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value) => value > 0) ?? false;
    };
    await page.waitForFunction(flies);
    expect(await page.locator('.job').textContent()).toContain('Reading a file');
  });

  it('stays when the server goes away, says since when, and catches up', async () => {
    const page = await visit('/collections/benedikt');
    await page.locator('.bars li').first().waitFor();
    await api.goAway();
    await page.getByRole('button', { name: 'Rename' }).focus();
    const bar = page.locator('.bar-offline');
    await bar.waitFor({ timeout: 15_000 });
    expect(await bar.textContent()).toMatch(/lost its connection at \d\d:\d\d:\d\d/);
    expect(await page.locator('.stat-value').first().textContent()).toBe('9,000');
    await api.comeBack();
    await bar.getByRole('button', { name: 'Try now' }).click();
    await bar.waitFor({ state: 'detached' });
  });

  it('says what went wrong in the words of the server, and recovers', async () => {
    api.problem = {
      status: 503,
      title: 'Not ready',
      detail: 'The tables are being made. Try again in a moment.',
    };
    const page = await visit('/');
    await page.getByText('The tables are being made.').waitFor();
    api.problem = null;
    await page.getByText('Storm Benedikt').first().waitFor();
  });

  it('says that a collection is not there any more', async () => {
    const page = await visit('/collections/nobody');
    await page.getByRole('heading', { name: 'There is no such collection' }).waitFor();
  });

  it('marks a failed import in words, with its reason, and simulated posts as such', async () => {
    const page = await visit('/');
    const failed = page.locator('.row.fail');
    await failed.waitFor();
    expect(await failed.textContent()).toContain('it starts like a table of text');
    expect(await page.locator('.row', { hasText: 'A made-up storm' }).locator('.origin').textContent()).toBe(
      'Simulated',
    );
  });

  it('switches between light and dark, and remembers', async () => {
    const page = await visit('/');
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await ground()).toBe('rgb(246, 248, 249)');
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(await ground()).toBe('rgb(15, 21, 27)');
    await page.reload();
    await page.getByRole('button', { name: 'Light colours' }).waitFor();
    expect(await ground()).toBe('rgb(15, 21, 27)');
  });

  it('follows the system where nothing was chosen', async () => {
    const page = await visit('/', { width: 1440, theme: 'dark' });
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });

  it('is walked by keyboard: what to press, a new collection, to find, and back', async () => {
    const page = await visit('/');
    await page.locator('.row').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'All keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'Import files' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('museum');
    await page.waitForFunction(() => document.querySelectorAll('.row').length === 1);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/collections/museum');
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  });

  it('goes through a list of thousands page by page', async () => {
    const page = await visit('/collections/benedikt/lists/hashtags');
    await page.getByText('1 – 100 of 1,856').waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByText('101 – 200 of 1,856').waitFor();
    expect(await page.locator('tbody tr').first().locator('td').first().textContent()).toBe('101');
    await page.goBack();
    await page.getByText('1 – 100 of 1,856').waitFor();
  });

  it('cancels a job, renames a collection and asks for a replay as the API wants it', async () => {
    const page = await visit('/collections/museum');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.locator('.job', { hasText: 'Cancelled' }).waitFor();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('The long night');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'The long night' }).waitFor();
    await page.goto('/collections/benedikt/rejections');
    await page.getByRole('button', { name: 'Replay 7' }).click();
    await page.getByText('7 records are being replayed.').waitFor();
    await page.getByRole('button', { name: /^Replay record 0:204881/ }).click();
    await page.getByText('1 record is being replayed.').waitFor();
    expect(api.asked.filter((line) => line.includes('replay')).map((line) => line.split(' ')[2])).toEqual([
      '{"reason":"shape"}',
      '{"ids":["0:204881"]}',
    ]);
  });

  it('asks for a check and a rebuild, and shows how far they are', async () => {
    const page = await visit('/system');
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('button', { name: 'Rebuild from raw records' }).click();
    await page.getByText('6,390').first().waitFor();
    expect(api.asked).toEqual([
      expect.stringContaining('verifications'),
      expect.stringContaining('{"from":"raw"}'),
    ]);
    Object.assign(api.rebuilds[1] ?? {}, {
      state: 'completed',
      compared: { tables: 14, rows: 9_000, differing: 1 },
      differences: [{ table: 'counters', key: 'hashtag benedikt', live: '4', replayed: '5' }],
    });
    await page.getByText('1 row differs.').waitFor();
    await page.getByRole('button', { name: 'Show each row' }).click();
    await page.getByText('hashtag benedikt').waitFor();
  });

  it('draws a mark for each post instead of birds where motion is not wanted', async () => {
    api.postsLastMinute = 40;
    watched = await open(browser, api.url, '/', laptop);
    await watched.page.emulateMedia({ reducedMotion: 'reduce' });
    await watched.page.reload();
    const isDrawn = () => {
      const canvas = document.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value) => value > 0) ?? false;
    };
    await watched.page.waitForFunction(isDrawn);
    const drawn = await watched.page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const width = canvas?.width ?? 1;
      return Array.from(pixels).flatMap((value, i) =>
        i % 4 === 3 && value > 0 ? [Math.floor(i / 4 / width)] : [],
      );
    });
    expect(Math.min(...drawn)).toBeGreaterThan(30);
  });

  it('keeps the direction and the language of every text', async () => {
    const page = await visit('/collections/benedikt/posts?language=ar', phone);
    const text = page.locator('.post-text').first();
    await text.waitFor();
    expect([await text.getAttribute('dir'), await text.getAttribute('lang')]).toEqual(['rtl', 'ar']);
    expect(await text.evaluate((p) => getComputedStyle(p).direction)).toBe('rtl');
  });
});
