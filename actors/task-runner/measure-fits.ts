/**
 * Metrics of each scored fit and over all of them, from the results of the score stage.
 *
 * The result is canonical JSON `{perFit: {name: metrics}, metrics}`: numbers are means over the
 * fits (those where the score exists), row counts and confusion matrices are sums.
 */
import type { Progress } from '../../learners/learner.ts';
import {
  type ClassificationMetrics,
  classificationMetrics,
  type RegressionMetrics,
  regressionMetrics,
} from '../../learners/metrics.ts';
import { decodeScoredRows, joinScoredRows } from '../../learners/predictions.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type JobPlan, scoredFits } from '../../schemas/job-plan.ts';

type Metrics = ClassificationMetrics | RegressionMetrics;

/** @param scores results of the score stage, in index order: all shards of a fit, then the next */
export function measureFits(
  plan: JobPlan,
  scores: readonly Uint8Array[],
  progress: Progress = () => {},
): Uint8Array {
  const fits = scoredFits(plan);
  if (scores.length !== fits.length * plan.shardCount) {
    throw new TerminalError(
      'bad-plan',
      `${scores.length} scores, the plan has ${fits.length} fits of ${plan.shardCount} shards`,
    );
  }
  const perFit: Record<string, Metrics> = {};
  fits.forEach((fit, at) => {
    const from = at * plan.shardCount;
    const name = plan.fits[fit]?.name ?? `fit-${fit}`;
    perFit[name] = metricsOf(scores.slice(from, from + plan.shardCount));
    progress(at + 1, fits.length);
  });
  const metrics = meanMetrics(Object.values(perFit));
  return new TextEncoder().encode(canonicalJson({ perFit, metrics }));
}

function metricsOf(parts: readonly Uint8Array[]): Metrics {
  const { kind, classes, targets, predictions } = joinScoredRows(parts.map(decodeScoredRows));
  return kind === 'classification'
    ? classificationMetrics(Int32Array.from(targets), predictions, classes.length)
    : regressionMetrics(targets, predictions);
}

/** Means of scores, sums of counts; a score that no fit has is null. */
export function meanMetrics(all: readonly Metrics[]): Record<string, unknown> {
  const joined: Record<string, unknown> = {};
  for (const name of Object.keys(all[0] ?? {})) {
    const values = all.map((metrics) => (metrics as unknown as Record<string, unknown>)[name]);
    if (name === 'confusion') joined[name] = sumMatrices(values as number[][][]);
    else {
      const present = values.filter((value) => typeof value === 'number');
      const sum = present.reduce((total, value) => total + value, 0);
      joined[name] = name === 'rows' ? sum : present.length === 0 ? null : sum / present.length;
    }
  }
  return joined;
}

function sumMatrices(all: readonly (readonly (readonly number[])[])[]): number[][] {
  const [first, ...rest] = all;
  const sum = (first ?? []).map((row) => [...row]);
  for (const matrix of rest) {
    matrix.forEach((row, i) => {
      row.forEach((count, j) => {
        (sum[i] as number[])[j] = (sum[i]?.[j] ?? 0) + count;
      });
    });
  }
  return sum;
}
