/**
 * A job's plan: all that a node needs to know to run any task of the job, as one immutable blob.
 *
 * The plan follows from data set and resolved spec alone, never from workers, so the same job has
 * the same tasks on any cluster. Offers name the plan by digest; a node derives the rest.
 */
import { canonicalJson } from './canonical.ts';
import { BugError, TerminalError } from './errors.ts';
import type { Digest, Stage } from './ids.ts';
import type { SearchStep } from './job-search.ts';
import type { PreprocessPlan } from './preprocess.ts';

/** Which rows of a data set a fit trains on, or is scored on; decided by `datasets/row-split.ts`. */
export type RowSplit =
  | { readonly kind: 'all' }
  /** Rows whose hash falls in the hold-out fraction are `test`, all others `train`. */
  | {
      readonly kind: 'holdout';
      readonly part: 'train' | 'test';
      readonly seed: number;
      readonly fraction: number;
    }
  /** Row hash modulo `folds` equals `fold` for `test`, differs for `train`. */
  | {
      readonly kind: 'fold';
      readonly part: 'train' | 'test';
      readonly seed: number;
      readonly folds: number;
      readonly fold: number;
    };

/** One model to be fitted: on a hold-out's training rows, on a fold, or on all rows. */
export interface FitPlan {
  /** `holdout`, `fold-0` ... or `final`; of trials `trial-0-holdout` ... */
  readonly name: string;
  readonly split: RowSplit;
  /** Rows that the fitted model is scored on; null for a final fit. */
  readonly scored: RowSplit | null;
  /** The fit's tasks within the train stage: `firstTask` ... `firstTask + tasks - 1`. */
  readonly firstTask: number;
  readonly tasks: number;
  /** Of a trial of a search: which one, and its parameters, in the place of the plan's. */
  readonly trial?: number;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface JobPlan {
  readonly format: 1;
  readonly learner: string;
  readonly numerics: number;
  readonly kind: 'classification' | 'regression' | 'clustering';
  readonly seed: number;
  /** The learner's parameters, all defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly dataset: { readonly name: string; readonly version: number; readonly manifest: Digest };
  /** Empty for clustering. */
  readonly target: string;
  readonly features: readonly string[];
  readonly rowCount: number;
  readonly shardCount: number;
  /** Rows that fits are scored on, where they are of another data set. */
  readonly test?: TestPlan;
  /** Shards that were left out, as the data set counts them; the plan counts what is left anew. */
  readonly without?: readonly LeftOutShard[];
  /** `all`: every task reads all rows. `shard`: train task i of a fit reads shard i mod shardCount. */
  readonly rows: 'all' | 'shard';
  readonly fits: readonly FitPlan[];
  /** Bytes a node needs for one running task and the shared data; `memoryPerSlot` for each further one. */
  readonly memoryBytes: number;
  readonly memoryPerSlot: number;
  /** Steps that the rows go through before training; absent where there are none. */
  readonly preprocess?: PreprocessPlan;
  /** How the job trains in rounds; absent where it trains by independent tasks. */
  readonly rounds?: RoundsPlan;
  /** Where the job searches: the step that this is the plan of. */
  readonly search?: SearchStep;
  /** Absent in a job that trains. */
  readonly predict?: PredictPlan;
}

/** Another data set, whose rows are scored and never trained on. */
export interface TestPlan {
  readonly name: string;
  readonly version: number;
  readonly manifest: Digest;
  readonly rowCount: number;
  readonly shardCount: number;
}

/** A shard of the data set that the plan does without. */
export interface LeftOutShard {
  readonly shard: number;
  readonly rows: number;
}

/** Scoring all rows with a finished model, instead of training one. */
export interface PredictPlan {
  readonly model: Digest;
  /** `name@version`, for people. */
  readonly name: string;
  /** The model's, in label order; empty unless it classifies. */
  readonly classes: readonly string[];
  /** Data set that the predictions become; named after the job where empty. */
  readonly output: string;
}

export interface RoundsPlan {
  readonly mode: 'sync' | 'local';
  /** Slices that each shard is cut into; every slice is held by one node. */
  readonly slicesPerShard: number;
  /** Bytes that a node needs to hold one slice, for all fits together. */
  readonly sliceBytes: number;
}

/** What a stage reads besides the plan: the results of the stage before, in index order. */
export interface StageInputs {
  readonly format: 1;
  readonly results: readonly Digest[];
  /** Base64 of tiny results by digest, which stand here instead of in blobs of their own. */
  readonly inline: Readonly<Record<string, string>>;
}

/** Stages of each pass over the rows in which steps are fitted. */
const passStages = [
  { survey: 'prepare', fit: 'fit' },
  { survey: 'prepare2', fit: 'fit2' },
  { survey: 'prepare3', fit: 'fit3' },
] as const;
export type SurveyStage = (typeof passStages)[number]['survey'];
export type FitStage = (typeof passStages)[number]['fit'];

/** What one task of a plan has to do. */
export type TaskWork =
  /** Gathers what a pass has to know of a shard, for every choice of rows to be trained on. */
  | { readonly stage: SurveyStage; readonly pass: number; readonly shard: number }
  /** Joins it over all shards, and fits the steps on one choice of rows: `trainedSplits`. */
  | { readonly stage: FitStage; readonly pass: number; readonly split: number }
  | {
      readonly stage: 'train';
      readonly fit: number;
      readonly part: number;
      readonly shard: number | null;
    }
  /** Keeps a slice of the rows ready for the rounds of all fits. */
  | { readonly stage: 'hold'; readonly slice: number; readonly shard: number }
  /** Leads the rounds of a fit, from the first state to the last. */
  | { readonly stage: 'rounds'; readonly fit: number }
  | { readonly stage: 'merge'; readonly fit: number }
  | { readonly stage: 'score'; readonly fit: number; readonly shard: number }
  | { readonly stage: 'measure' };

/** The parameters of a fit, all defaults filled in. */
export function paramsOf(plan: JobPlan, fit: number): Record<string, unknown> {
  return { ...(plan.fits[fit]?.params ?? plan.params) };
}

/** Whether the job had another plan before: records that name no plan may be of that one. */
export function isReplanned(plan: Pick<JobPlan, 'without' | 'search'>): boolean {
  return plan.without !== undefined || (plan.search?.step ?? 0) > 0;
}

/** Name of the data set that a job makes instead of a model, '' for the job's own; null for a model. */
export function datasetMade({ predict, preprocess }: JobPlan): string | null {
  return predict?.output ?? preprocess?.output ?? null;
}

/** Shards that each scored fit is scored on. */
export function scoredShards({ test, shardCount }: Pick<JobPlan, 'test' | 'shardCount'>): number {
  return test?.shardCount ?? shardCount;
}

/** Indexes of the fits that are scored. */
export function scoredFits(plan: JobPlan): number[] {
  return plan.fits.flatMap((fit, i) => (fit.scored === null ? [] : [i]));
}

/** The choices of rows that fits train on, each once, and which of them is that of each fit. */
export function trainedSplits({ fits }: Pick<JobPlan, 'fits'>): {
  readonly splits: readonly RowSplit[];
  readonly ofFit: readonly number[];
} {
  const names = fits.map(({ split }) => canonicalJson(split));
  const distinct = [...new Set(names)];
  const splits = distinct.map((name) => fits[names.indexOf(name)]?.split as RowSplit);
  return { splits, ofFit: names.map((name) => distinct.indexOf(name)) };
}

/** The stages of the pass that the plan's steps have to go through next; null when all are fitted. */
export function nextPass(plan: JobPlan): { survey: SurveyStage; fit: FitStage } | null {
  const done = plan.preprocess?.fitted?.passes ?? 0;
  return done < (plan.preprocess?.passes ?? 0) ? (passStages[done] ?? null) : null;
}

/** Number of tasks in a stage of the plan; 0 means that the stage is skipped. */
export function taskCount(plan: JobPlan, stage: Stage): number {
  const passes = plan.preprocess?.passes ?? 0;
  switch (stage) {
    case 'prepare':
    case 'prepare2':
    case 'prepare3':
      return passIn('survey', stage) < passes ? plan.shardCount : 0;
    case 'fit':
    case 'fit2':
    case 'fit3':
      return passIn('fit', stage) < passes ? trainedSplits(plan).splits.length : 0;
    case 'train':
      return plan.rounds === undefined ? plan.fits.reduce((sum, fit) => sum + fit.tasks, 0) : 0;
    case 'hold':
      return sliceCount(plan);
    case 'rounds':
      return plan.rounds === undefined ? 0 : plan.fits.length;
    case 'merge':
      return datasetMade(plan) === null ? plan.fits.length : 0;
    case 'score':
      return scoredFits(plan).length * scoredShards(plan);
    case 'measure':
      return scoredFits(plan).length > 0 ? 1 : 0;
  }
}

function passIn(part: 'survey' | 'fit', stage: Stage): number {
  return passStages.findIndex((own) => own[part] === stage);
}

/** Number of slices that nodes hold; 0 for a job of independent tasks. */
export function sliceCount(plan: JobPlan): number {
  return plan.rounds === undefined ? 0 : plan.shardCount * plan.rounds.slicesPerShard;
}

/** The number that the data set has for a shard of the plan, which counts only what is left. */
export function shardInDataset(plan: Pick<JobPlan, 'without'>, shard: number): number {
  let found = shard;
  for (const { shard: missing } of plan.without ?? []) if (missing <= found) found += 1;
  return found;
}

/** Which role runs a stage. */
export function roleOf(stage: Stage): 'worker' | 'aggregator' {
  if (passIn('fit', stage) >= 0) return 'aggregator';
  return stage === 'rounds' || stage === 'merge' || stage === 'measure' ? 'aggregator' : 'worker';
}

/** Tasks of these stages are kept for as long as rounds last, and fill no slot. */
export function lasts(stage: Stage): boolean {
  return stage === 'hold' || stage === 'rounds';
}

/** What task `index` of `stage` has to do. @throws TerminalError when the plan has no such task */
export function workOf(plan: JobPlan, stage: Stage, index: number): TaskWork {
  if (index < 0 || index >= taskCount(plan, stage)) {
    throw new TerminalError(
      'no-task',
      `the plan has ${taskCount(plan, stage)} ${stage} tasks, not task ${index}`,
    );
  }
  switch (stage) {
    case 'train': {
      const fit = plan.fits.findIndex((f) => index >= f.firstTask && index < f.firstTask + f.tasks);
      const part = index - (plan.fits[fit]?.firstTask ?? 0);
      return { stage, fit, part, shard: plan.rows === 'shard' ? part % plan.shardCount : null };
    }
    case 'hold': {
      const perShard = plan.rounds?.slicesPerShard ?? 1;
      return { stage, slice: index, shard: Math.floor(index / perShard) };
    }
    case 'rounds':
      return { stage, fit: index };
    case 'merge':
      return { stage, fit: index };
    case 'score': {
      const fit = scoredFits(plan)[Math.floor(index / scoredShards(plan))];
      if (fit === undefined) throw new BugError('plan', `score task ${index} has no fit`);
      return { stage, fit, shard: index % scoredShards(plan) };
    }
    case 'measure':
      return { stage };
    case 'prepare':
    case 'prepare2':
    case 'prepare3':
      return { stage, pass: passIn('survey', stage), shard: index };
    case 'fit':
    case 'fit2':
    case 'fit3':
      return { stage, pass: passIn('fit', stage), split: index };
  }
}
