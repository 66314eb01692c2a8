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
import { type JobPlan, scoredFits, scoredShards } from '../../schemas/job-plan.ts';
import { bestOf } from '../../schemas/job-search.ts';
import {
  type FitMetrics,
  figuresOf,
  type Measured,
  meanMetrics,
  spreadOf,
} from '../../schemas/measured.ts';

/** A larger confusion matrix is for nobody to read, and would not fit into a record. */
const confusionMax = 64;

/** @param scores results of the score stage, in index order: all shards of a fit, then the next */
export function measureFits(
  plan: JobPlan,
  scores: readonly Uint8Array[],
  progress: Progress = () => {},
): Uint8Array {
  const fits = scoredFits(plan);
  const shards = scoredShards(plan);
  if (scores.length !== fits.length * shards) {
    throw new TerminalError(
      'bad-plan',
      `${scores.length} scores, the plan has ${fits.length} fits of ${shards} shards`,
    );
  }
  const perFit: Record<string, FitMetrics> = {};
  const scored = fits.map((fit, at) => {
    const from = at * shards;
    const parts = scores.slice(from, from + shards).map(decodeScoredRows);
    const rows = joinScoredRows(parts);
    perFit[nameOf(plan, fit)] = metricsOf(rows);
    progress(at + 1, fits.length);
    return rows;
  });
  const { search } = plan;
  if (search === undefined) return encoded(measuredOf(perFit, scored));
  const trials = search.trials.map(({ trial, params }) => {
    const own = fits.flatMap((fit) => (plan.fits[fit]?.trial === trial ? [nameOf(plan, fit)] : []));
    const all = own.map((name) => perFit[name] as FitMetrics);
    return { trial, params, metrics: figuresOf(meanMetrics(all)), spread: spreadOf(all) };
  });
  const found = trials.map(({ metrics }) => metrics[search.metric] ?? null);
  const best = trials[Math.max(0, bestOf(search.metric, found))]?.trial;
  const kept = fits.map((fit) => plan.fits[fit]?.trial === best);
  const names = fits.filter((_, at) => kept[at]).map((fit) => nameOf(plan, fit));
  const ofBest = Object.fromEntries(names.map((name) => [name, perFit[name] as FitMetrics]));
  const rows = scored.filter((_, at) => kept[at]);
  return encoded({ ...measuredOf(ofBest, rows), trials });
}

function nameOf(plan: JobPlan, fit: number): string {
  return plan.fits[fit]?.name ?? `fit-${fit}`;
}

function encoded(measured: Measured): Uint8Array {
  return new TextEncoder().encode(canonicalJson(measured));
}

function measuredOf(perFit: Measured['perFit'], scored: readonly ScoredRows[]): Measured {
  const all = Object.values(perFit);
  return {
    perFit,
    metrics: meanMetrics(all),
    spread: spreadOf(all),
    curves: curvesOf(joinScoredRows(scored)),
  };
}

function metricsOf({ kind, classes, targets, predictions, figures }: ScoredRows): FitMetrics {
  if (kind !== 'classification') return { ...regressionMetrics(targets, predictions), ...figures };
  const { length } = classes;
  const found = classificationMetrics(Int32Array.from(targets), predictions, length);
  return { ...found, ...figures, confusion: length <= confusionMax ? found.confusion : null };
}

function curvesOf({ kind, classes, targets, predictions }: ScoredRows): Measured['curves'] {
  return kind === 'classification'
    ? classificationCurves(Int32Array.from(targets), predictions, classes)
    : regressionCurves(targets, predictions);
}
