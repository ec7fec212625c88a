import { Crowd } from './crowd.js';
import type { Draft } from './draft.js';
import { at, Random } from './random.js';
import { Rhythm } from './rhythm.js';
import { writeV1, writeV1Delete, writeV1Limit } from './x-v1.js';
import { writeV2Page } from './x-v2.js';

export interface SampleOptions {
  readonly seed: number;
  /** Different posts. What the shares below add comes on top. */
  readonly posts: number;
  /** Instant of the first post. */
  readonly start: Date;
  /** Length of the story. */
  readonly days?: number;
  /** `v1`: a post a line. `v2`: a search page of up to 100 posts a line. */
  readonly format?: 'v1' | 'v2';
  /** Per post: further copies of earlier posts (with later counts). v1 only, as the two below. */
  readonly duplicates?: number;
  /** Per post: lines that nobody can read, or that hold no post. */
  readonly broken?: number;
  /** Per post: messages on deleted and left-out posts. */
  readonly controls?: number;
}

/** `posts` counts those in `line`: 1 for a post or a duplicate, up to 100 for a page, 0 for anything else. */
export interface SampleRecord {
  readonly kind: 'post' | 'page' | 'duplicate' | 'control' | 'broken';
  readonly line: string | Buffer;
  readonly posts: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

const PAGE = 100;
const MEMORY = 500;
/** Origin is decided by the first record: let it be a post. */
const CLEAN_START = 10;
export const defaultDays = 4.5;

/** How many people write so many posts: two or three each, and nobody is alone. */
export const populationFor = (posts: number) => Math.min(400_000, Math.max(300, Math.ceil(posts * 0.9)));

export const simulatedBy = (seed: number) => ({ generator: 'murmuration', seed });
const markerOf = (seed: number) => `"simulated":${JSON.stringify(simulatedBy(seed))},`;

/**
 * A made-up event, told by people who do not exist: the storm "Benedikt" over the North Sea. Everything follows from the
 * options; the same options give the same bytes. Lines come without their line end.
 */
export function* sampleRecords(options: SampleOptions): Generator<SampleRecord> {
  if (options.format === 'v2') yield* pages(options);
  else yield* lines(options);
}

/** The same, as lines with their ends. */
export function* samplePosts(options: SampleOptions): Generator<string | Buffer> {
  for (const { line } of sampleRecords(options)) {
    yield typeof line === 'string' ? `${line}\n` : Buffer.concat([line, Buffer.from('\n')]);
  }
}

function* drafts({ seed, posts, start, days = defaultDays }: SampleOptions): Generator<Draft> {
  const random = new Random(seed, 2);
  const rhythm = new Rhythm(start.getTime(), days, random);
  const crowd = new Crowd(seed, populationFor(posts));
  for (let i = 0; i < posts; i += 1) yield crowd.write(rhythm.at((i + random.next()) / posts));
}

function* pages(options: SampleOptions): Generator<SampleRecord> {
  const start = options.start.getTime();
  const simulated = simulatedBy(options.seed);
  let page: Draft[] = [];
  const record = (): SampleRecord => ({
    kind: 'page',
    line: writeV2Page(page, start, simulated),
    posts: page.length,
    at: at(page, page.length - 1).at,
  });
  for (const draft of drafts(options)) {
    page.push(draft);
    if (page.length < PAGE) continue;
    yield record();
    page = [];
  }
  if (page.length > 0) yield record();
}

function* lines(options: SampleOptions): Generator<SampleRecord> {
  const { seed, duplicates = 0, broken = 0, controls = 0.002 } = options;
  const start = options.start.getTime();
  const marker = markerOf(seed);
  const random = new Random(seed, 3);
  const memory: Draft[] = [];
  let written = 0;
  for (const draft of drafts(options)) {
    const line = writeV1(draft, start, marker);
    yield { kind: 'post', line, posts: 1, at: draft.at };
    memory[written % MEMORY] = draft;
    written += 1;
    const extra = (share: number) => share > 0 && written > CLEAN_START && random.chance(share);
    if (extra(duplicates)) {
      const again = random.pick(memory);
      yield { kind: 'duplicate', line: writeV1(again, start, marker), posts: 1, at: draft.at };
    }
    if (extra(controls)) yield control(random, random.pick(memory), draft.at, marker);
    if (extra(broken)) yield { kind: 'broken', line: spoil(random, line), posts: 0, at: draft.at };
  }
}

function control(random: Random, draft: Draft, time: number, marker: string): SampleRecord {
  const line = random.chance(0.8)
    ? writeV1Delete(draft, time, marker)
    : writeV1Limit(1 + random.int(5_000), time, marker);
  return { kind: 'control', line, posts: 0, at: time };
}

/** A line as real archives have them after a full disk, a wrong encoding, a log written into the wrong file. */
function spoil(random: Random, line: string): string | Buffer {
  switch (random.int(4)) {
    case 0:
      return line.slice(0, 200 + random.int(line.length - 300));
    case 1: {
      const bytes = Buffer.from(line);
      bytes[bytes.length - 400] = 0xff;
      return bytes;
    }
    case 2:
      return `connection reset by peer, retrying in ${1 + random.int(60)} s`;
    default:
      return `{"note":"not a post","n":${random.int(1_000_000)}}`;
  }
}
