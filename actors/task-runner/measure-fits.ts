/**
 * Metrics of each scored fit and over all of them, from the results of the score stage.
 *
 * The result is canonical JSON, see `Measured`. Metrics are computed from all scored rows of a fit
 * at once, in the order of the data set, so neither shards nor workers decide a bit of them.
 */
import type { Progress } from '../../learners/learner.ts';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { classificationCurves, regressionCurves } from '../../learners/metrics/curves.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';
import { decodeScoredRows, joinScoredRows, type ScoredRows } from '../../learners/predictions.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type JobPlan, scoredFits } from '../../schemas/job-plan.ts';
import { type FitMetrics, type Measured, meanMetrics, spreadOf } from '../../schemas/measured.ts';

/** A larger confusion matrix is for nobody to read, and would not fit into a record. */
const confusionMax = 64;

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
  const perFit: Record<string, FitMetrics> = {};
  const scored = fits.map((fit, at) => {
    const from = at * plan.shardCount;
    const parts = scores.slice(from, from + plan.shardCount).map(decodeScoredRows);
    const rows = joinScoredRows(parts);
    perFit[plan.fits[fit]?.name ?? `fit-${fit}`] = metricsOf(rows);
    progress(at + 1, fits.length);
    return rows;
  });
  const all = Object.values(perFit);
  const measured: Measured = {
    perFit,
    metrics: meanMetrics(all),
    spread: spreadOf(all),
    curves: curvesOf(joinScoredRows(scored)),
  };
  return new TextEncoder().encode(canonicalJson(measured));
}

function metricsOf({ kind, classes, targets, predictions }: ScoredRows): FitMetrics {
  if (kind !== 'classification') return { ...regressionMetrics(targets, predictions) };
  const { length } = classes;
  const found = classificationMetrics(Int32Array.from(targets), predictions, length);
  return { ...found, confusion: length <= confusionMax ? found.confusion : null };
}

function curvesOf({ kind, classes, targets, predictions }: ScoredRows): Measured['curves'] {
  return kind === 'classification'
    ? classificationCurves(Int32Array.from(targets), predictions, classes)
    : regressionCurves(targets, predictions);
}
