/**
 * What a job's evaluation came to: metrics of each fit, over all of them, and what curves are drawn
 * from. The result of the measure task, as canonical JSON; the job names it by digest.
 */
import type { TrialResult } from './job-search.ts';
import type { JobEvaluation } from './views.ts';

/** Figures by name, null where one does not exist; `confusion` is a matrix of counts. */
export type FitMetrics = Readonly<Record<string, number | null | readonly (readonly number[])[]>>;

export interface Measured {
  readonly perFit: Readonly<Record<string, FitMetrics>>;
  /** Means of scores over the fits where they exist, sums of counts. */
  readonly metrics: FitMetrics;
  /** Standard deviation of each score over the fits, n - 1 below; null of fewer than two. */
  readonly spread: Readonly<Record<string, number | null>>;
  /** Of the rows of all fits together; see `learners/metrics/curves.ts`. */
  readonly curves: unknown;
  /** Of a step of a search: every trial; all else is of the best one. */
  readonly trials?: readonly TrialResult[];
}

/** What views show of it: figures alone. */
export function evaluationOf(measured: Measured, digest: string): JobEvaluation {
  const fits = Object.entries(measured.perFit).map(([fit, metrics]) => ({
    fit,
    metrics: figuresOf(metrics),
  }));
  // Results of earlier releases have no spread.
  return { digest, fits, spread: measured.spread ?? {} };
}

export function figuresOf(metrics: FitMetrics): Record<string, number | null> {
  const figures: Record<string, number | null> = {};
  for (const [name, value] of Object.entries(metrics)) {
    if (value === null ? name !== 'confusion' : typeof value === 'number') {
      figures[name] = value as number | null;
    }
  }
  return figures;
}

/** Means of scores, sums of counts; a score that no fit has is null. */
export function meanMetrics(all: readonly FitMetrics[]): FitMetrics {
  const joined: Record<string, FitMetrics[string]> = {};
  for (const name of Object.keys(all[0] ?? {})) {
    const values = all.map((metrics) => metrics[name] ?? null);
    if (name === 'confusion') joined[name] = sumMatrices(values);
    else {
      const present = values.filter((value) => typeof value === 'number');
      const sum = present.reduce((total, value) => total + value, 0);
      joined[name] = name === 'rows' ? sum : present.length === 0 ? null : sum / present.length;
    }
  }
  return joined;
}

export function spreadOf(all: readonly FitMetrics[]): Record<string, number | null> {
  const spread: Record<string, number | null> = {};
  for (const name of Object.keys(all[0] ?? {})) {
    if (name === 'confusion' || name === 'rows') continue;
    const values = all.map((metrics) => metrics[name]).filter((own) => typeof own === 'number');
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    spread[name] = values.length < 2 ? null : Math.sqrt(squares / (values.length - 1));
  }
  return spread;
}

function sumMatrices(all: readonly FitMetrics[string][]): number[][] | null {
  const matrices = all.filter((matrix) => typeof matrix === 'object' && matrix !== null);
  const [first, ...rest] = matrices;
  if (first === undefined || matrices.length < all.length) return null;
  const sum = first.map((row) => [...row]);
  for (const matrix of rest) {
    matrix.forEach((row, i) => {
      row.forEach((count, j) => {
        (sum[i] as number[])[j] = (sum[i]?.[j] ?? 0) + count;
      });
    });
  }
  return sum;
}
