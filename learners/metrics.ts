/**
 * Scores of predictions against the truth, with a defined result for every degenerate case.
 *
 * Sums run in row order, so equal inputs give equal bits. A score that does not exist for the rows
 * at hand (AUC with one class, R2 of a constant target, anything of no rows) is null, never NaN.
 */
import { log } from './math.ts';

export interface ClassificationMetrics {
  readonly rows: number;
  /** Share of rows whose most probable class is the true one; ties go to the lower class. */
  readonly accuracy: number | null;
  /** Mean of -log p(true class), natural logarithm, p clipped to [2^-52, 1]. */
  readonly logLoss: number | null;
  /** Area under the ROC curve; of several classes the plain mean of one against the rest. */
  readonly auc: number | null;
  /** F1 of the second class when there are two, else the plain mean over the classes present. */
  readonly f1: number | null;
  /** `confusion[t][p]`: rows of true class t that were predicted as p. */
  readonly confusion: readonly (readonly number[])[];
}

export interface RegressionMetrics {
  readonly rows: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  /** 1 - residual sum of squares / total sum of squares. */
  readonly r2: number | null;
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
  if (rows === 0) return { rows, accuracy: null, logLoss: null, auc: null, f1: null, confusion };
  return {
    rows,
    accuracy: hits / rows,
    logLoss: loss / rows,
    auc: meanAuc(labels, probabilities, classes),
    f1: f1Of(confusion),
    confusion,
  };
}

/** Index, from 0, of the largest of `classes` probabilities at `from`; the lowest of equals. */
export function mostProbable(probabilities: Float64Array, from: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[from + c]! > probabilities[from + best]!) best = c;
  }
  return best;
}

function meanAuc(labels: Int32Array, probabilities: Float64Array, classes: number): number | null {
  if (classes === 2) return aucOf(labels, probabilities, 2, 1);
  let sum = 0;
  let defined = 0;
  for (let c = 0; c < classes; c++) {
    const auc = aucOf(labels, probabilities, classes, c);
    if (auc === null) continue;
    sum += auc;
    defined++;
  }
  return defined === 0 ? null : sum / defined;
}

/** One class against the rest, by ranks (Mann-Whitney); tied scores count half. */
function aucOf(
  labels: Int32Array,
  probabilities: Float64Array,
  classes: number,
  positive: number,
): number | null {
  const kept = labels.reduce((n, label) => n + (label < 0 ? 0 : 1), 0);
  const scores = new Float64Array(kept);
  const positives = new Float64Array(kept);
  let all = 0;
  let hits = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row]! < 0) continue;
    const score = probabilities[row * classes + positive]!;
    scores[all++] = score;
    if (labels[row] === positive) positives[hits++] = score;
  }
  const misses = all - hits;
  if (hits === 0 || misses === 0) return null;
  scores.sort();
  const sorted = positives.subarray(0, hits).sort();
  // Twice the rank sum of the positives, in exact integers: both lists are walked by equal scores.
  let doubled = 0;
  let at = 0;
  for (let i = 0; i < hits; ) {
    const score = sorted[i]!;
    let same = i;
    while (same < hits && sorted[same] === score) same++;
    while (scores[at]! < score) at++;
    let upTo = at;
    while (upTo < all && scores[upTo] === score) upTo++;
    doubled += (same - i) * (at + 1 + upTo);
    at = upTo;
    i = same;
  }
  return (doubled - hits * (hits + 1)) / 2 / (hits * misses);
}

function f1Of(confusion: readonly (readonly number[])[]): number | null {
  const classes = confusion.length;
  if (classes === 2) return f1OfClass(confusion, 1);
  let sum = 0;
  let present = 0;
  for (let c = 0; c < classes; c++) {
    const f1 = f1OfClass(confusion, c);
    if (f1 === null) continue;
    sum += f1;
    present++;
  }
  return present === 0 ? null : sum / present;
}

/** 2 TP / (2 TP + FP + FN), null when the class is neither present nor predicted. */
function f1OfClass(confusion: readonly (readonly number[])[], c: number): number | null {
  const hits = confusion[c]![c]!;
  let actual = 0;
  let guessed = 0;
  for (let other = 0; other < confusion.length; other++) {
    actual += confusion[c]![other]!;
    guessed += confusion[other]![c]!;
  }
  return actual + guessed === 0 ? null : (2 * hits) / (actual + guessed);
}

/** Rows whose true value is NaN (missing) are left out. */
export function regressionMetrics(truth: Float64Array, predicted: Float64Array): RegressionMetrics {
  let rows = 0;
  let sum = 0;
  for (const value of truth) {
    if (Number.isNaN(value)) continue;
    rows++;
    sum += value;
  }
  if (rows === 0) return { rows, rmse: null, mae: null, r2: null };
  const mean = sum / rows;
  let squares = 0;
  let absolute = 0;
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    const value = truth[row]!;
    if (Number.isNaN(value)) continue;
    const miss = predicted[row]! - value;
    squares += miss * miss;
    absolute += Math.abs(miss);
    total += (value - mean) * (value - mean);
  }
  return {
    rows,
    rmse: Math.sqrt(squares / rows),
    mae: absolute / rows,
    r2: total > 0 ? 1 - squares / total : null,
  };
}
