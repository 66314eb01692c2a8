/**
 * Search: many trials of one job's parameters, the best of which trains the model.
 *
 * What a user writes in a spec under `search`, and what becomes of it: steps that follow one another,
 * each a plan of its own whose fits are the trials. Steps follow from the spec and from what the
 * steps before have measured, so whoever plans them comes to the same ones.
 */
import { z } from 'zod';

export const classificationMetricNames = [
  ...(['accuracy', 'balancedAccuracy', 'auc', 'averagePrecision', 'f1', 'f1Macro'] as const),
  ...(['f1Weighted', 'logLoss', 'brier', 'ece'] as const),
] as const;
export const regressionMetricNames = [
  ...(['rmse', 'mae', 'medianAe', 'r2', 'poissonDeviance'] as const),
] as const;
const lowerIsBetter: ReadonlySet<string> = new Set([
  ...['logLoss', 'brier', 'ece', 'rmse', 'mae', 'medianAe', 'poissonDeviance'],
]);

export const trialsMax = 256;
const valuesMax = 64;
const name = z.string().min(1).max(64);

export const searchSchema = z.strictObject({
  /** By parameter: the values to try, or the range that they are drawn from. */
  params: z.record(
    name,
    z.union([
      z.array(z.unknown()).min(1).max(valuesMax),
      z.strictObject({ min: z.number(), max: z.number(), log: z.boolean().default(false) }),
    ]),
  ),
  /** `random` where nothing is said and there is a range, else `grid`. */
  strategy: z.enum(['grid', 'random', 'halving']).optional(),
  /** Drawn at random; a grid has as many as it has. */
  trials: z.int().min(1).max(trialsMax).default(16),
  /** What decides; `logLoss` or `rmse` where nothing is said. */
  metric: z.enum([...classificationMetricNames, ...regressionMetricNames]).optional(),
  /** Of halving: what trials get more of the longer they last, e.g. `trees` or `rounds`. */
  resource: z.strictObject({ param: name, min: z.number(), max: z.number() }).optional(),
  /** Of halving: one in so many goes on, with so many times the resource. */
  factor: z.int().min(2).max(10).default(3),
});

export type SearchSpec = z.output<typeof searchSchema>;
export type SearchStrategy = NonNullable<SearchSpec['strategy']>;

export function isBetter(metric: string, a: number, b: number): boolean {
  return lowerIsBetter.has(metric) ? a < b : a > b;
}

/** Orders scores from the best on; null comes last. */
export function byScore(metric: string, a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return isBetter(metric, a, b) ? -1 : 1;
}

/** The index of the best score, the first of equals; null is worse than any; -1 where all are. */
export function bestOf(metric: string, scores: readonly (number | null)[]): number {
  let best = -1;
  scores.forEach((score, i) => {
    if (score === null) return;
    if (best < 0 || isBetter(metric, score, scores[best] as number)) best = i;
  });
  return best;
}

/** One trial of a step: the searched parameters, and a resource where it is bounded. */
export interface Trial {
  /** From 0, as drawn; the same in every step that it comes to. */
  readonly trial: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A step of a search, as its plan has it. */
export interface SearchStep {
  /** From 0. */
  readonly step: number;
  /** How many steps there are, the one that trains the chosen parameters included. */
  readonly of: number;
  readonly metric: string;
  /** Whose fits the plan has; empty in the last step. */
  readonly trials: readonly Trial[];
}

/** What a trial came to in a step. */
export interface TrialResult extends Trial {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly spread: Readonly<Record<string, number | null>>;
}

/** What views show of a search. */
export interface SearchView {
  readonly strategy: SearchStrategy;
  readonly metric: string;
  /** Steps planned so far, and in all. */
  readonly step: number;
  readonly of: number;
  /** Every trial as far as it came, in order; `score` is null where its metric does not exist. */
  readonly trials: readonly TrialView[];
  /** The trial that leads, or that was chosen; null before the first is measured. */
  readonly best: number | null;
}

export interface TrialView extends Trial {
  readonly step: number;
  readonly score: number | null;
  /** Standard deviation over the folds; null of fewer than two. */
  readonly spread: number | null;
}
