/**
 * What pictures of an evaluation are drawn from, small enough to be kept with a job for good.
 *
 * Counts alone: steps of the ranking curves, bins of probabilities, a grid of errors. No row can be
 * read off them.
 */
import { calibration, type ReliabilityBin } from './calibration.ts';
import { type CurvePoint, curvePoints, rankSteps } from './ranking.ts';

/** Steps kept of a ranking curve, and classes that have one: the largest come first. */
const pointsMax = 200;
const ranksMax = 10;
/** Cells of the grid of errors, each way. */
export const gridCells = 32;

export interface RankCurve {
  /** Index of the class that stands against the rest. */
  readonly class: number;
  readonly positives: number;
  readonly negatives: number;
  readonly points: readonly CurvePoint[];
}

export interface ClassificationCurves {
  readonly kind: 'classification';
  readonly classes: readonly string[];
  /** Of two classes only the second one's. */
  readonly ranks: readonly RankCurve[];
  readonly reliability: readonly ReliabilityBin[];
}

/** Equal cells from `from` to `to`. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

export interface RegressionCurves {
  readonly kind: 'regression';
  readonly predicted: Axis;
  /** Predicted minus true. */
  readonly error: Axis;
  /** `grid[e][p]`: rows by error and by what was predicted. */
  readonly grid: readonly (readonly number[])[];
}

export type Curves = ClassificationCurves | RegressionCurves;

/** @param probabilities rows x classes, row-major */
export function classificationCurves(
  labels: Int32Array,
  probabilities: Float64Array,
  classes: readonly string[],
): ClassificationCurves {
  const width = classes.length;
  const counts = new Float64Array(width);
  for (const label of labels) if (label >= 0) counts[label]! += 1;
  const bySize = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b);
  const drawn = width === 2 ? [1] : bySize.slice(0, ranksMax);
  const ranks = drawn.map((c): RankCurve => {
    const steps = rankSteps(labels, probabilities, width, c);
    const { positives, negatives } = steps;
    return { class: c, positives, negatives, points: curvePoints(steps, pointsMax) };
  });
  const { bins } = calibration(labels, probabilities, width);
  return { kind: 'classification', classes, ranks, reliability: bins };
}

/** Rows whose true value is NaN (missing), and errors beyond the doubles, are left out. */
export function regressionCurves(truth: Float64Array, predicted: Float64Array): RegressionCurves {
  const kept: number[] = [];
  for (let row = 0; row < truth.length; row++) {
    if (Number.isFinite(predicted[row]! - truth[row]!)) kept.push(row);
  }
  const axis = (of: (row: number) => number): Axis => {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const row of kept) {
      from = Math.min(from, of(row));
      to = Math.max(to, of(row));
    }
    return kept.length === 0 ? { from: 0, to: 0 } : { from, to };
  };
  const errorOf = (row: number) => predicted[row]! - truth[row]!;
  const across = axis((row) => predicted[row]!);
  const up = axis(errorOf);
  const grid = Array.from({ length: gridCells }, () => new Array<number>(gridCells).fill(0));
  for (const row of kept) grid[cell(up, errorOf(row))]![cell(across, predicted[row]!)]! += 1;
  return { kind: 'regression', predicted: across, error: up, grid };
}

function cell({ from, to }: Axis, value: number): number {
  const share = (value - from) / (to - from);
  return share >= 0 ? Math.min(gridCells - 1, Math.floor(share * gridCells)) : 0;
}
