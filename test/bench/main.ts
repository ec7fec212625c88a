import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs, promisify } from 'node:util';

import { samplePosts } from '#libs/sample';

import { type Usage, usageBelow } from './processes.js';
import { System } from './system.js';

/**
 * `npm run bench [-- --posts 100000 --runs 3]`: import → settled and rebuild, each against the yardstick in the same run.
 */
const { values } = parseArgs({
  options: { posts: { type: 'string', default: '100000' }, runs: { type: 'string', default: '3' } },
});
const posts = Number(values.posts);
const runs = Number(values.runs);
const say = (line: string) => process.stdout.write(`${line}\n`);
const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

interface YardstickRun {
  readonly records: number;
  readonly posts: number;
  readonly countMs: number;
  readonly parseMs: number;
}

async function yardstick(file: string): Promise<YardstickRun> {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/bench/yardstick-main.js', file]);
  return JSON.parse(stdout) as YardstickRun;
}

function spent(
  before: ReadonlyMap<string, Usage>,
  after: ReadonlyMap<string, Usage>,
  count: number,
): string[] {
  return [...after]
    .map(([name, { cpuSeconds, peakMiB }]) => ({
      name,
      micros: ((cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)) * 1e6) / count,
      peakMiB,
    }))
    .toSorted((a, b) => b.micros - a.micros)
    .map(({ name, micros, peakMiB }) => `| ${name} | ${micros.toFixed(1)} | ${peakMiB.toFixed(0)} |`);
}

const folder = await mkdtemp(join(tmpdir(), 'murmuration-bench-file-'));
const file = join(folder, 'posts.jsonl');
const start = new Date('2026-01-01T00:00:00Z');
await pipeline(Readable.from(samplePosts({ seed: 1, posts, start })), createWriteStream(file));

const system = await System.start();
try {
  say(`${posts} posts, ${runs} runs, ${availableParallelism()} cores, Node ${process.version}`);
  say(`ready after ${system.readyAfter.toFixed(0)} ms\n`);
  const ratios: number[] = [];
  const floors: number[] = [];
  const speeds: number[] = [];
  let breakdown: string[] = [];
  for (let run = 0; run < runs; run += 1) {
    const stick = await yardstick(file);
    const before = usageBelow(system.pid);
    const { ms, collection } = await system.import(file);
    breakdown = spent(before, usageBelow(system.pid), posts);
    if (collection.totals.posts !== stick.posts) {
      throw new Error(`counted ${collection.totals.posts} posts, the yardstick ${stick.posts}`);
    }
    ratios.push(stick.countMs / ms);
    floors.push(stick.parseMs / stick.countMs);
    speeds.push(stick.countMs / stick.records);
    say(
      `import ${run + 1}: ${(stick.countMs / ms).toFixed(2)} × the yardstick (${((1000 * posts) / ms).toFixed(0)} posts/s)`,
    );
  }
  const before = usageBelow(system.pid);
  const { ms } = await system.rebuild('enriched');
  const rebuilt = posts * runs;
  const rebuildRatio = (median(speeds) * rebuilt) / ms;
  say(
    `rebuild: ${rebuildRatio.toFixed(2)} × the yardstick (${((1000 * rebuilt) / ms).toFixed(0)} posts/s)\n`,
  );
  say('| what | median | target |\n|---|---|---|');
  say(`| import → settled | ${median(ratios).toFixed(2)} × | ≥ 0.5 × |`);
  say(`| rebuild from enriched | ${rebuildRatio.toFixed(2)} × | ≥ 1 × |`);
  say(`| yardstick against bare JSON.parse | ${median(floors).toFixed(2)} × | ≥ 0.8 × |\n`);
  say('| import: process | CPU µs per post | peak MiB |\n|---|---|---|');
  for (const row of breakdown) say(row);
  say('\n| rebuild: process | CPU µs per post | peak MiB |\n|---|---|---|');
  for (const row of spent(before, usageBelow(system.pid), rebuilt)) say(row);
} finally {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
}
