import { z } from 'zod';

/** End offset (next offset) per raw partition of all records a job or collection has so far; '3': 120 means 0…119. */
export const rawEndsSchema = z.record(z.string(), z.number().int().nonnegative());
export type RawEnds = z.infer<typeof rawEndsSchema>;

export const rawPlaceSchema = z.object({
  partition: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
});

export const originSchema = z.enum(['real', 'simulated']);

/** One uploaded file as the blob store holds it. `name` is the path the person gave, bytes its length. */
export const uploadedFileSchema = z.object({
  blob: z.string(),
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
});

/** What a job is to do. One variant per kind of job. */
export const jobSpecSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), files: z.array(uploadedFileSchema).min(1) }),
  z.object({
    kind: z.literal('demo'),
    seed: z.number().int(),
    posts: z.number().int().positive(),
    /** Posts sent at once, dated back over the days before `startedAt`. */
    burst: z.number().int().nonnegative(),
    /** Posts a second after that. */
    rate: z.number().positive(),
    startedAt: z.iso.datetime(),
  }),
  z.object({ kind: z.literal('replay'), rejections: z.array(rawPlaceSchema).min(1) }),
]);
export type JobSpec = z.infer<typeof jobSpecSchema>;
export type JobKind = JobSpec['kind'];
export type UploadedFile = z.infer<typeof uploadedFileSchema>;

/** Where a job goes on. `source` counts the sources finished; `position` is the last one acknowledged in the open one. */
export const checkpointSchema = z.object({
  source: z.number().int().nonnegative(),
  position: z.number().int(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

const stageSchema = z.object({
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  error: z.string().nullable(),
});

/** Progress of collecting: bytes (or records where a source has no bytes) done of total, and records sent. */
export const collectedSchema = z.object({
  unit: z.enum(['bytes', 'records']),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  records: z.number().int().nonnegative(),
});

const envelope = {
  id: z.string(),
  version: z.literal(1),
  occurredAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
};
const event = <T extends string, D extends z.ZodType>(type: T, data: D) =>
  z.object({ ...envelope, type: z.literal(type), data });

const job = z.string();
const collection = z.string();
const epoch = z.number().int().positive();

/**
 * Everything that travels in `jobs.events.v1`. Collection events are keyed by collection id, job events by job id,
 * rebuild events by rebuild id.
 */
export const jobEventSchema = z.discriminatedUnion('type', [
  event('CollectionCreated', z.object({ collection, name: z.string(), origin: originSchema.nullable() })),
  event('CollectionRenamed', z.object({ collection, name: z.string() })),
  /** What the first record of a collection told; the first one in the log counts. */
  event('CollectionOriginDecided', z.object({ collection, origin: originSchema })),
  event('CollectionDeleteRequested', z.object({ collection })),
  event('JobSubmitted', z.object({ job, collection, spec: jobSpecSchema })),
  event('JobCancelRequested', z.object({ job })),
  event('JobClaimed', z.object({ job, epoch, holder: z.string() })),
  /** A source is opened: its id is `<job>.<n>`, its name what a person calls it (a path, a query). */
  event(
    'SourceOpened',
    z.object({ job, collection, epoch, source: z.string(), name: z.string(), bytes: z.number().nullable() }),
  ),
  event(
    'JobProgressed',
    z.object({ job, epoch, checkpoint: checkpointSchema, collected: collectedSchema, ends: rawEndsSchema }),
  ),
  event(
    'JobCompleted',
    z.object({ job, epoch, checkpoint: checkpointSchema, collected: collectedSchema, ends: rawEndsSchema }),
  ),
  event('JobFailed', z.object({ job, epoch, error: z.string(), ends: rawEndsSchema })),
  event('JobCancelled', z.object({ job, epoch, ends: rawEndsSchema })),
  event('RebuildRequested', z.object({ rebuild: z.string(), from: z.enum(['raw', 'enriched']) })),
  event('VerificationRequested', z.object({ rebuild: z.string() })),
  /** A generation is being built; `enriched` names the topic it reads, `fromRaw` that enrich has to fill it. */
  event(
    'GenerationStarted',
    z.object({
      rebuild: z.string(),
      generation: z.number().int(),
      enriched: z.string(),
      fromRaw: z.boolean(),
    }),
  ),
  event('GenerationSwitched', z.object({ rebuild: z.string(), generation: z.number().int() })),
  event(
    'GenerationDropped',
    z.object({ rebuild: z.string(), generation: z.number().int(), enriched: z.string().nullable() }),
  ),
]);

export type JobEvent = z.infer<typeof jobEventSchema>;
export type JobEventType = JobEvent['type'];
export type JobEventOf<T extends JobEventType> = Extract<JobEvent, { type: T }>;
export type Stage = z.infer<typeof stageSchema>;
export type Collected = z.infer<typeof collectedSchema>;

/** Key in `jobs.events.v1`: what the event is about, so that its events keep their order. */
export function jobEventKey(event: JobEvent): string {
  const { data } = event;
  if (event.type.startsWith('Collection') && 'collection' in data) return data.collection;
  if ('job' in data) return data.job;
  if ('rebuild' in data) return data.rebuild;
  throw new TypeError(`event ${event.type} has no key`);
}

/** Reads one record of `jobs.events.v1`. Throws with the fault named when it is none of the known events. */
export function parseJobEvent(value: Uint8Array): JobEvent {
  return jobEventSchema.parse(JSON.parse(new TextDecoder().decode(value)));
}
