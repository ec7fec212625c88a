import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { ROOT, type Watched, dropFile, open, overflow, phone, startBrowser } from './browser.js';
import { type FakeApi, startFakeApi } from './fake-api.js';
import { tweets } from './fixture.js';

jest.setTimeout(60_000);

const number = (text: string | null): number => Number(/[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', ''));

/** What a person does from a file to its posts; on the server of BASE_URL, else on the stand-in for one. */
describe('from a file to its posts', () => {
  let browser: Browser;
  let fake: FakeApi | null = null;
  let base = process.env['BASE_URL'] ?? '';
  let address = '';
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
    if (base === '') {
      fake = await startFakeApi(ROOT, []);
      fake.pace = 200;
      base = fake.url;
    }
  });

  afterAll(async () => {
    await browser.close();
    await fake?.close();
  });

  beforeEach(async () => {
    watched = await open(browser, base, address === '' ? '/' : address);
    page = watched.page;
    await page.locator('main h1').waitFor();
  });

  afterEach(async () => {
    // Every test is also one of the policy, of errors, and of the silence towards other hosts.
    const { faults } = watched;
    await watched.close();
    expect(faults).toEqual([]);
  });

  const heading = () => page.locator('main h1');
  const stat = (name: string) =>
    page
      .locator('.stats > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('.stat-value');

  it('takes a dropped file, shows how its numbers grow, and says when all is counted', async () => {
    await dropFile(page, 'made-up.jsonl', tweets(300));
    const dialog = page.getByRole('dialog', { name: 'Import files' });
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.waitForURL('**/collections/*');
    address = new URL(page.url()).pathname;
    await heading().getByText('made-up').waitFor();
    await page
      .getByText('Everything handed over could be read')
      .or(page.getByText('could not be read; '))
      .first()
      .waitFor();
    await page.locator('.job', { hasText: 'Finished' }).waitFor();
    expect(number(await stat('Posts').textContent())).toBeGreaterThan(100);
  });

  it('lists the collection with its posts', async () => {
    const posts = await stat('Posts').textContent();
    await page.getByRole('link', { name: 'Collections' }).first().click();
    const row = page.locator('.row', { hasText: 'made-up' }).first();
    await row.waitFor();
    expect(await row.locator('.row-posts').first().textContent()).toBe(posts);
  });

  it.each(['Posts', 'With photo or video', 'With a place'])(
    'leads from the number "%s" to exactly that many posts',
    async (name) => {
      const shown = number(await stat(name).textContent());
      await stat(name).locator('a').click();
      await heading()
        .getByText(/^[\d,]+ posts?$/)
        .waitFor();
      expect(number(await heading().textContent())).toBe(shown);
    },
  );

  it.each(['Hashtags', 'Mentions', 'Linked sites', 'Languages', 'Written with'])(
    'leads from the first of "%s" to exactly its posts',
    async (name) => {
      const figure = page.locator('section.figure', {
        has: page.getByRole('heading', { name, exact: true }),
      });
      const first = figure.locator('.bars li').first();
      await first.waitFor();
      const shown = number(
        await first.locator('.bar-number a').evaluate((a) => a.lastChild?.textContent ?? ''),
      );
      await first.locator('.bar-number a').click();
      await heading()
        .getByText(/^[\d,]+ posts?$/)
        .waitFor();
      expect(number(await heading().textContent())).toBe(shown);
      expect(await page.locator('.post').count()).toBe(Math.min(50, shown));
    },
  );

  it('leads from a bar of the chart, walked to by arrows, to its posts', async () => {
    const bars = page.locator('.chart a');
    await bars.last().waitFor();
    await bars.last().focus();
    await page.keyboard.press('Home');
    const name = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(name).toMatch(/: [\d,]+ posts?$/);
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).not.toBe(name);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await heading()
      .getByText(/^[\d,]+ posts?$/)
      .waitFor();
    expect(number(await heading().textContent())).toBe(number(/: (.*)$/.exec(name ?? '')?.[1] ?? ''));
  });

  it('finds posts by their words, by keyboard, with an address to send', async () => {
    await page.goto(`${address}/posts`);
    await page.locator('.post').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('Deichen');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/posts?q=Deichen');
    await page.locator('.lede', { hasText: 'Deichen' }).waitFor();
    await page.locator('.post').first().waitFor();
    const texts = await page.locator('.post-text').allTextContents();
    expect(texts.filter((text) => !text.toLowerCase().includes('deichen'))).toEqual([]);
  });

  it('shows what the platform sent, laid out and byte for byte, and never as markup', async () => {
    await page.goto(`${address}/posts?q=script`);
    await page.locator('.post .row-link').first().click();
    const raw = page.getByLabel('Raw record', { exact: true });
    await raw.waitFor();
    expect(await raw.textContent()).toContain('<script>');
    await page.getByRole('button', { name: 'Byte for byte' }).click();
    expect(await raw.textContent()).toContain('<script>');
    expect(await page.locator('.post-text script, pre script').count()).toBe(0);
  });

  it('says of each record that could not be read why, and where it was', async () => {
    await stat('Could not be read').locator('a').click();
    await heading().getByText('What could not be read').waitFor();
    const first = page.locator('.rejection').first();
    await first.waitFor();
    expect(await first.textContent()).toMatch(/line [\d,]+/);
    expect(await first.textContent()).toContain('made-up.jsonl');
    expect(await page.getByRole('button', { name: /^Replay/ }).count()).toBeGreaterThan(1);
  });

  it('fits on a phone', async () => {
    const other = await open(browser, base, address, phone);
    await other.page.locator('.bars li').first().waitFor();
    expect(await overflow(other.page)).toBe(0);
    expect(other.faults).toEqual([]);
    await other.close();
  });

  it('offers every list as a file', async () => {
    const files = page.locator('.files a');
    await files.first().waitFor();
    const addresses = await files.evaluateAll((links) =>
      links.map((link) => (link as HTMLAnchorElement).href),
    );
    expect(addresses.length).toBeGreaterThan(20);
    if (fake) return;
    const answers = [];
    for (const href of addresses) {
      const response = await fetch(href);
      await response.text();
      answers.push([
        href,
        response.status,
        response.headers.get('content-disposition')?.startsWith('attachment'),
      ]);
    }
    expect(answers).toEqual(addresses.map((href) => [href, 200, true]));
  });

  it('deletes the collection, and says what that means', async () => {
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.textContent()).toContain('erasure run');
    await dialog.getByRole('button', { name: 'Delete the collection' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await heading()
      .getByText(/Collections|Nothing collected yet/)
      .waitFor();
    await page.locator(`a[href="${address}"]`).waitFor({ state: 'detached' });
    address = '';
  });
});
