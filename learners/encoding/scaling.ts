/**
 * Brings numbers to mean 0 and standard deviation 1, and missing ones to 0, the mean.
 */
import { LearnerError } from '../errors.ts';
import type { DesignRows } from './design-rows.ts';

export interface Scaling {
  readonly means: Float64Array;
  /** What deviations are divided by; 1 for a column without spread. */
  readonly scales: Float64Array;
}

/** Deviations this far below the mean are rounding, not spread. */
const SPREAD_MIN = 1e-13;

/**
 * Mean and population standard deviation from moments; a column without values has mean 0.
 * @param names of the columns, for the error
 * @throws LearnerError where a mean or spread is not finite
 */
export function scalingOf(moments: Float64Array, names: readonly string[]): Scaling {
  const cells = moments.length / 3;
  const means = moments.slice(cells, 2 * cells);
  const scales = new Float64Array(cells).fill(1);
  for (let i = 0; i < cells; i++) {
    const spread = moments[i]! > 0 ? Math.sqrt(moments[2 * cells + i]! / moments[i]!) : 0;
    if (!Number.isFinite(means[i]! + spread)) {
      throw new LearnerError(
        `column "${names[i]}" has mean ${means[i]} and spread ${spread}, both must be finite; leave it out or bring its values nearer to 1`,
      );
    }
    if (spread > SPREAD_MIN * Math.abs(means[i]!)) scales[i] = spread;
  }
  return { means, scales };
}

/**
 * Writes the scaled numbers of some rows.
 * @param rows which rows of the design, or null for those from `first` on
 * @param out `count x numbers`, row-major
 */
export function scaleRows(
  design: DesignRows,
  scaling: Scaling,
  rows: Int32Array | null,
  first: number,
  count: number,
  out: Float64Array,
): void {
  const { means, scales } = scaling;
  const columns = means.length;
  const { numbers } = design;
  for (let i = 0, to = 0; i < count; i++) {
    let at = (rows === null ? first + i : rows[first + i]!) * columns;
    for (let c = 0; c < columns; c++, at++, to++) {
      const scaled = (numbers[at]! - means[c]!) / scales[c]!;
      out[to] = Number.isNaN(scaled) ? 0 : scaled;
    }
  }
}
