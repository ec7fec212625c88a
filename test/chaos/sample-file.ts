import { sampleRecords } from '#libs/sample';

/** A generated file with everything that can be in one, and what a collection has to say of it. */
export interface SampleFile {
  readonly bytes: Buffer;
  readonly posts: number;
  readonly duplicates: number;
  readonly broken: number;
  readonly controls: number;
}

/** @param posts different posts; duplicates, broken lines and control messages come on top. */
export function sampleFile(seed: number, posts: number): SampleFile {
  const lines: Buffer[] = [];
  const found = { post: 0, page: 0, duplicate: 0, control: 0, broken: 0 };
  const start = new Date('2026-02-01T00:00:00Z');
  for (const { kind, line } of sampleRecords({
    seed,
    posts,
    start,
    duplicates: 0.05,
    broken: 0.01,
    controls: 0.01,
  })) {
    found[kind] += 1;
    lines.push(Buffer.from(line), Buffer.from('\n'));
  }
  const { post, duplicate: duplicates, broken, control: controls } = found;
  return { bytes: Buffer.concat(lines), posts: post, duplicates, broken, controls };
}
