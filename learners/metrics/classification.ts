/**
 * Scores of predicted probabilities against the true classes.
 *
 * Sums run in row order, so equal inputs give equal bits; ranking scores are exact, from sorted
 * scores. A score that does not exist for the rows at hand (AUC with one class, anything of no
 * rows) is null, never NaN.
 */
import { log } from '../math.ts';
import { calibration } from './calibration.ts';
import { type ConfusionScores, confusionScores } from './confusion.ts';
import { mostProbable } from './most-probable.ts';
import { areaUnderRoc, averagePrecision, type RankSteps, rankSteps } from './ranking.ts';

export interface ClassificationMetrics extends ConfusionScores {
  readonly rows: number;
  /** Share of rows whose most probable class is the true one; ties go to the lower class. */
  readonly accuracy: number | null;
  /** Mean of -log p(true class), natural logarithm, p clipped to [2^-52, 1]. */
  readonly logLoss: number | null;
  /** Area under the ROC curve; of several classes the plain mean of one against the rest. */
  readonly auc: number | null;
  /** Area under the precision-recall curve by steps; of several classes the plain mean. */
  readonly averagePrecision: number | null;
  /** See `Calibration`. */
  readonly brier: number | null;
  readonly ece: number | null;
  /** `confusion[t][p]`: rows of true class t that were predicted as p. */
  readonly confusion: readonly (readonly number[])[];
}

/** Smallest probability that the log-loss sees: the spacing of doubles at 1, as in scikit-learn. */
const PROBABILITY_MIN = 2 ** -52;

/**
 * @param labels true class of each row, 0 to classes - 1; rows with -1 (missing) are left out
 * @param probabilities rows x classes, row-major
 */
export function classificationMetrics(
  labels: Int32Array,
  probabilities: Float64Array,
  classes: number,
): ClassificationMetrics {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let rows = 0;
  let hits = 0;
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (label < 0) continue;
    rows++;
    const guess = mostProbable(probabilities, row * classes, classes);
    if (guess === label) hits++;
    confusion[label]![guess]!++;
    loss -= log(Math.min(1, Math.max(PROBABILITY_MIN, probabilities[row * classes + label]!)));
  }
  const { brier, ece } = calibration(labels, probabilities, classes);
  const whole = rows > 0;
  return {
    rows,
    accuracy: whole ? hits / rows : null,
    ...confusionScores(confusion),
    logLoss: whole ? loss / rows : null,
    ...rankScores(labels, probabilities, classes),
    brier,
    ece,
    confusion,
  };
}

function rankScores(labels: Int32Array, probabilities: Float64Array, classes: number) {
  const tested = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
  const areas: number[] = [];
  const precisions: number[] = [];
  for (const c of tested) {
    const steps: RankSteps = rankSteps(labels, probabilities, classes, c);
    const area = areaUnderRoc(steps);
    const precision = averagePrecision(steps);
    if (area !== null) areas.push(area);
    if (precision !== null) precisions.push(precision);
  }
  return { auc: mean(areas), averagePrecision: mean(precisions) };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
}
