export interface BannerFacts {
  readonly url: string;
  readonly folder: string;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** Seconds from the command to ready. */
  readonly seconds: number;
  readonly demo: boolean;
  /** Where the folder is not the default one, a person has to name it again. */
  readonly settings: readonly string[];
  /** Printed only in the start that made it. */
  readonly newToken: string | null;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

export function bytes(amount: number): string {
  let value = amount;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** What a person needs once everything runs, in few lines. */
export function banner(facts: BannerFacts): string {
  const { folder, url } = facts;
  const again = facts.settings.length > 0 ? `${facts.settings.join(' ')} npm start` : 'npm start';
  const rows: [string, string][] = [
    ['Open', url],
    ['Data', `${folder} (${bytes(facts.usedBytes)} used, ${bytes(facts.freeBytes)} free)`],
    ['Import', 'npx murmur import FILE…   or drop files on the page'],
    ['Stop', 'Ctrl-C; everything is there after the next start'],
    ['Start afresh', `stop, delete ${folder}, ${again}`],
  ];
  if (facts.demo) rows.splice(2, 0, ['Demo', 'a simulated storm is playing in; delete it on its page']);
  if (facts.newToken)
    rows.splice(1, 0, ['Token', `${facts.newToken}   (shown once; others than this machine need it)`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`);
  return `\nMurmuration is ready (${facts.seconds.toFixed(1)} s).\n\n${lines.join('\n')}\n`;
}
