/**
 * Whether probabilities mean what they say: of rows told 0.8, are eight in ten right?
 *
 * Rows fall into ten bins of equal width by the probability under test: that of the second class
 * where there are two, else that of the class predicted. Sums run in row order.
 */
import { mostProbable } from './most-probable.ts';

export const calibrationBins = 10;

export interface ReliabilityBin {
  readonly rows: number;
  /** Mean of the probabilities; null in an empty bin. */
  readonly predicted: number | null;
  /** Share of the rows in which it came true; null in an empty bin. */
  readonly observed: number | null;
}

export interface Calibration {
  /**
   * Mean squared error of the probabilities: of the second class where there are two, else summed
   * over all classes. Null without rows.
   */
  readonly brier: number | null;
  /** Mean distance of predicted from observed over the bins, weighted by rows. */
  readonly ece: number | null;
  readonly bins: readonly ReliabilityBin[];
}

/**
 * @param labels true class of each row; rows with -1 (missing) are left out
 * @param probabilities rows x classes, row-major
 */
export function calibration(
  labels: Int32Array,
  probabilities: Float64Array,
  classes: number,
): Calibration {
  const rows = new Float64Array(calibrationBins);
  const told = new Float64Array(calibrationBins);
  const came = new Float64Array(calibrationBins);
  let squares = 0;
  let all = 0;
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (label < 0) continue;
    const from = row * classes;
    all++;
    squares += squaredError(probabilities, from, classes, label);
    const tested = classes === 2 ? 1 : mostProbable(probabilities, from, classes);
    const p = probabilities[from + tested]!;
    const bin = Math.min(calibrationBins - 1, Math.max(0, Math.floor(p * calibrationBins)));
    rows[bin]! += 1;
    told[bin]! += p;
    if (label === tested) came[bin]! += 1;
  }
  const bins = Array.from(rows, (count, i) => ({
    rows: count,
    predicted: count === 0 ? null : told[i]! / count,
    observed: count === 0 ? null : came[i]! / count,
  }));
  if (all === 0) return { brier: null, ece: null, bins };
  let gap = 0;
  for (let i = 0; i < calibrationBins; i++) gap += Math.abs(told[i]! - came[i]!);
  return { brier: squares / all, ece: gap / all, bins };
}

function squaredError(p: Float64Array, from: number, classes: number, label: number): number {
  if (classes === 2) {
    const miss = p[from + 1]! - (label === 1 ? 1 : 0);
    return miss * miss;
  }
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const miss = p[from + c]! - (label === c ? 1 : 0);
    sum += miss * miss;
  }
  return sum;
}
