/**
 * The steps that a job may put its data through before it trains, as a user writes them and as a
 * plan keeps them.
 *
 * A step of a plan always names its columns. What a step does to a column, and what it has to know
 * of the rows for that, is decided in `preprocessing/`.
 */
import { z } from 'zod';
import type { Digest } from './ids.ts';
import type { SpecIssue } from './job-spec.ts';
import { limits } from './limits.ts';

const name = z.string().min(1).max(1024);
const columns = z.array(name).min(1).max(10_000);
const share = z.number().min(0).max(1);
const buckets = z.int().min(2).max(limits.preprocessBucketsMax);

/** Parts of a date; a week begins on Monday, which is day 0, and a timestamp is in seconds of UTC. */
const dateParts = [
  ...['year', 'month', 'day', 'weekday', 'day-of-year', 'hour', 'minute', 'second', 'timestamp'],
] as const;

const steps = [
  /** Fills in missing values; `indicator` adds a column that says where. */
  z.strictObject({
    step: z.literal('impute'),
    columns: columns.optional(),
    strategy: z.enum(['mean', 'median', 'most-frequent', 'constant']).default('mean'),
    value: z.union([z.number(), z.string().min(1).max(1024)]).optional(),
    indicator: z.boolean().default(false),
  }),
  /** Keeps numbers within bounds, or within quantiles of the training rows. */
  z.strictObject({
    step: z.literal('clip'),
    columns: columns.optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    quantiles: z.tuple([share, share]).optional(),
  }),
  /** Takes off the mean, and divides by the standard deviation. */
  z.strictObject({
    step: z.literal('standardise'),
    columns: columns.optional(),
    mean: z.boolean().default(true),
    deviation: z.boolean().default(true),
  }),
  /** Numbers to categories of about equal frequency. */
  z.strictObject({
    step: z.literal('bin'),
    columns: columns.optional(),
    bins: z.int().min(2).max(255).default(10),
  }),
  /** A category to a column of 0 and 1 for each level. */
  z.strictObject({ step: z.literal('one-hot'), columns: columns.optional() }),
  /** A category to the number of its level. */
  z.strictObject({ step: z.literal('ordinal'), columns: columns.optional() }),
  /** A category or text to one of some categories, by a hash. */
  z.strictObject({ step: z.literal('hash'), columns, buckets: buckets.default(64) }),
  /** Words of a text, hashed into columns of weighted counts. */
  z.strictObject({
    step: z.literal('text'),
    columns,
    buckets: buckets.default(256),
    idf: z.boolean().default(true),
    normalise: z.boolean().default(true),
  }),
  /** A date to numbers. */
  z.strictObject({
    step: z.literal('date'),
    columns,
    parts: z.array(z.enum(dateParts)).min(1).default(['year', 'month', 'day', 'weekday']),
  }),
] as const;

export const preprocessSchema = z
  .array(z.discriminatedUnion('step', steps))
  .max(limits.preprocessStepsMax);

/** Names of all steps. */
export const stepNames: readonly string[] = steps.map((step) => step.shape.step.value);

export type PreprocessStep = z.output<typeof preprocessSchema>[number];
/** A step whose columns are settled. */
export type PlannedStep = PreprocessStep & { readonly columns: readonly string[] };
export type StepNamed<N extends PlannedStep['step']> = Extract<PlannedStep, { step: N }>;
export type DatePart = (typeof dateParts)[number];

/** Version of the arithmetic of all steps: it changes whenever the same job would give another digest. */
export const preprocessNumerics = 1;
/** What a node announces, among its learners, that can run the steps. */
export const preprocessName = 'preprocess';

/** What a plan says of the steps before training. */
export interface PreprocessPlan {
  /** Data set that the rows become, where nothing is trained; named after the job where empty. */
  readonly output?: string;
  readonly numerics: number;
  readonly steps: readonly PlannedStep[];
  /** How often the rows are gone through to fit the steps, at least once. */
  readonly passes: number;
  /** What the passes so far have come to: a pipeline for each of `trainedSplits`. Absent before the first. */
  readonly fitted?: { readonly passes: number; readonly pipelines: readonly Digest[] };
}

function issue(path: string, value: unknown, message: string, fix: string): SpecIssue {
  const shown = value === undefined ? null : (JSON.stringify(value) ?? null);
  return { path, value: shown, message, fix };
}

/** What the keys of a step say together. */
export function stepIssues(all: readonly PreprocessStep[]): SpecIssue[] {
  return all.flatMap((step, i) => {
    const at = `preprocess.${i}`;
    if (step.step === 'impute') return imputeIssues(step, at);
    if (step.step === 'clip') return clipIssues(step, at);
    if (step.step === 'standardise' && !step.mean && !step.deviation) {
      const message = 'neither the mean nor the deviation is to be used';
      return [issue(at, undefined, message, 'remove the step, or leave out "mean"')];
    }
    return [];
  });
}

function imputeIssues(
  { strategy, value }: Extract<PreprocessStep, { step: 'impute' }>,
  at: string,
): SpecIssue[] {
  if ((strategy === 'constant') === (value !== undefined)) return [];
  return value === undefined
    ? [issue(`${at}.value`, undefined, 'is missing', 'say what to fill in')]
    : [
        issue(
          `${at}.value`,
          value,
          `means nothing with strategy ${JSON.stringify(strategy)}`,
          'remove it, or use "strategy":"constant"',
        ),
      ];
}

function clipIssues(
  { min, max, quantiles }: Extract<PreprocessStep, { step: 'clip' }>,
  at: string,
): SpecIssue[] {
  const bounds = min !== undefined || max !== undefined;
  const fix = 'give "min", "max" or both, or "quantiles" like [0.01,0.99]';
  if (quantiles === undefined && !bounds)
    return [issue(at, undefined, 'has no bounds to keep values within', fix)];
  if (quantiles !== undefined && bounds)
    return [issue(at, undefined, 'has both bounds and quantiles', fix)];
  if (quantiles !== undefined && quantiles[0] >= quantiles[1]) {
    const message = `${quantiles[0]} is not below ${quantiles[1]}`;
    return [issue(`${at}.quantiles`, quantiles, message, 'give the lower one first')];
  }
  if (min !== undefined && max !== undefined && min > max)
    return [issue(`${at}.min`, min, `min ${min} is above max ${max}`, `give at most ${max}`)];
  return [];
}
