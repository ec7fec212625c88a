import { type BlobStore } from '#libs/blobs';
import { type JobSpec } from '#libs/events';
import { type LogReader } from '#libs/kafka';

import { DemoSource } from './demo.source.js';
import { openUpload } from './files/upload.js';
import { ReplaySource } from './replay.source.js';
import { type Source } from './source.js';

/** Opens what a job reads from. The list is the same, in the same order, each time it is opened. */
export class JobSources {
  constructor(
    private readonly blobs: BlobStore,
    private readonly log: LogReader,
    private readonly now: () => Date,
  ) {}

  async *open(spec: JobSpec, signal: AbortSignal): AsyncIterable<Source> {
    switch (spec.kind) {
      case 'upload':
        yield* openUpload(
          spec.files.map(({ blob, name, bytes }) => ({ path: this.blobs.path(blob), name, bytes })),
          signal,
        );
        break;
      case 'demo':
        yield new DemoSource(spec, this.now);
        break;
      case 'replay':
        yield new ReplaySource(spec.rejections, this.log);
        break;
    }
  }

  /** What there is to read, in bytes for an upload, else in records. */
  total(spec: JobSpec): number {
    if (spec.kind === 'upload') return spec.files.reduce((sum, { bytes }) => sum + bytes, 0);
    return spec.kind === 'demo' ? spec.posts : spec.rejections.length;
  }
}
