/**
 * Scores of predicted numbers against the true ones.
 *
 * Sums run in row order, so equal inputs give equal bits. A score that does not exist for the rows
 * at hand (R2 of a constant target, Poisson deviance of a negative one) is null, never NaN.
 */
import { log } from '../math.ts';

export interface RegressionMetrics {
  readonly rows: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  /** Median of the absolute errors; the mean of the middle two where their number is even. */
  readonly medianAe: number | null;
  /** 1 - residual sum of squares / total sum of squares. */
  readonly r2: number | null;
  /** Mean of 2 (y log(y / m) - y + m); where a y is negative or a prediction m is not above 0, null. */
  readonly poissonDeviance: number | null;
}

const none = { rmse: null, mae: null, medianAe: null, r2: null, poissonDeviance: null };

/** Rows whose true value is NaN (missing) are left out. */
export function regressionMetrics(truth: Float64Array, predicted: Float64Array): RegressionMetrics {
  let rows = 0;
  let sum = 0;
  for (const value of truth) {
    if (Number.isNaN(value)) continue;
    rows++;
    sum += value;
  }
  if (rows === 0) return { rows, ...none };
  const mean = sum / rows;
  const misses = new Float64Array(rows);
  let at = 0;
  let squares = 0;
  let absolute = 0;
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    const value = truth[row]!;
    if (Number.isNaN(value)) continue;
    const miss = predicted[row]! - value;
    misses[at++] = Math.abs(miss);
    squares += miss * miss;
    absolute += Math.abs(miss);
    total += (value - mean) * (value - mean);
  }
  return {
    rows,
    rmse: Math.sqrt(squares / rows),
    mae: absolute / rows,
    medianAe: medianOf(misses),
    r2: total > 0 ? 1 - squares / total : null,
    poissonDeviance: poissonDeviance(truth, predicted, rows),
  };
}

function medianOf(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : values[middle - 1]! / 2 + values[middle]! / 2;
}

function poissonDeviance(truth: Float64Array, predicted: Float64Array, rows: number) {
  let sum = 0;
  for (let row = 0; row < truth.length; row++) {
    const y = truth[row]!;
    const m = predicted[row]!;
    if (Number.isNaN(y)) continue;
    if (y < 0 || !(m > 0)) return null;
    sum += 2 * ((y === 0 ? 0 : y * log(y / m)) - y + m);
  }
  return Number.isFinite(sum) ? sum / rows : null;
}
