import { readFile } from 'node:fs/promises';

/** Of the package, built (dist/apps/gateway) or not (apps/gateway). */
export async function version(): Promise<string> {
  for (const up of ['../../../package.json', '../../package.json']) {
    const text = await readFile(new URL(up, import.meta.url), 'utf8').catch(() => null);
    if (text === null) continue;
    const parsed = JSON.parse(text) as { name?: unknown; version?: unknown };
    if (parsed.name === 'murmuration' && typeof parsed.version === 'string') return parsed.version;
  }
  throw new Error('package.json is not where it belongs');
}
