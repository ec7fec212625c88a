import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';

export const ROOT = resolve('dist/apps/web');
export const SHOTS = resolve('test/browser/shots');

/**
 * Starts headless Chromium out of npm. Its package's own arguments are for clouds: one process for all (which dies with
 * the first page that is closed) and no web security (which is tested here).
 */
export async function startBrowser(): Promise<Browser> {
  const { default: chromium } = await import('@sparticuz/chromium');
  const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];
  return playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
}

export interface Look {
  readonly width: number;
  readonly theme: 'light' | 'dark';
}

export const laptop: Look = { width: 1440, theme: 'light' };
export const phone: Look = { width: 390, theme: 'light' };

/** A page with everything it does wrong written down: errors, what it asked other hosts, what the policy refused. */
export interface Watched {
  readonly page: Page;
  readonly faults: string[];
  readonly close: () => Promise<void>;
}

export async function open(
  browser: Browser,
  base: string,
  path: string,
  look: Look = laptop,
): Promise<Watched> {
  const context: BrowserContext = await browser.newContext({
    baseURL: base,
    viewport: { width: look.width, height: look.width < 720 ? 844 : 900 },
    deviceScaleFactor: 1,
    colorScheme: look.theme,
    reducedMotion: 'no-preference',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(base).origin)
      faults.push(`other host: ${request.url()}`);
  });
  await page.goto(path);
  return { page, faults, close: () => context.close() };
}

/** Takes a picture of the whole page. The window grows to it: a picture beyond the window takes Chromium minutes. */
export async function picture(page: Page, name: string, look: Look): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: look.width, height });
  await page.screenshot({ path: join(SHOTS, `${name}-${look.width}-${look.theme}.png`) });
}

/** By how many px the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Rules of accessibility that the page breaks, as `rule: first element`. */
export async function violations(page: Page): Promise<string[]> {
  const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(readFileSync(path, 'utf8'));
  return page.evaluate(async () => {
    interface Axe {
      run: (
        options: object,
      ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
    }
    const { axe } = globalThis as unknown as { axe: Axe };
    const found = await axe.run({ resultTypes: ['violations'] });
    return found.violations.map(
      ({ id, nodes }) =>
        `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary.slice(0, 200)}`,
    );
  });
}

/** Drops a file onto the page, as a person would from a folder. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ''], fileName ?? '', { type: 'application/json' }));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await page.locator('.drop-here').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}
