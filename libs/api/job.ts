import { z } from 'zod';

export const jobStates = [
  'queued',
  'running',
  'waiting',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const;
export const stageNames = ['upload', 'collect', 'enrich', 'count'] as const;

/** Work done of a total that may be unknown yet (null), in the stage's own unit; `error` is a sentence. */
export const stageSchema = z.object({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(['bytes', 'records']),
  error: z.string().nullable(),
});

/** One thing a job reads from: a file, a member of an archive. */
export const sourceSchema = z.object({ id: z.string(), name: z.string(), bytes: z.number().nullable() });

export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['upload', 'demo', 'replay']),
    collection: z.string(),
    state: z.enum(jobStates),
    /** One sentence where the state needs one (why it failed, what it waits for), else null. */
    reason: z.string().nullable(),
    until: z.iso.datetime().nullable(),
    stages: z.object({ upload: stageSchema, collect: stageSchema, enrich: stageSchema, count: stageSchema }),
    sources: z.array(sourceSchema),
    submittedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'Job' });

/** What a person asks for with JSON; files come as multipart instead. */
export const submitJobSchema = z
  .object({
    kind: z.literal('demo'),
    /** A collection to feed; without it one is made. */
    collection: z.string().optional(),
    name: z.string().trim().min(1).max(200).optional(),
    seed: z.number().int().min(0).max(2_147_483_647).default(1),
    posts: z.number().int().min(1).max(10_000_000).default(6_000),
    burst: z.number().int().min(0).max(10_000_000).default(1_500),
    rate: z.number().min(0.1).max(10_000).default(15),
  })
  .meta({ id: 'SubmitJob' });

export type Job = z.infer<typeof jobSchema>;
export type JobState = Job['state'];
export type JobStage = z.infer<typeof stageSchema>;
export type SubmitJob = z.input<typeof submitJobSchema>;
