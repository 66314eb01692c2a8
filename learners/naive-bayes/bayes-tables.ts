/**
 * The tables of a naive Bayes model, worked out from counts and moments.
 *
 * A level's probability within a class is (count + smoothing) / (known + smoothing * levels); a
 * number is normal with the class's mean and variance, the latter raised by a part of the column's
 * overall variance. A class that never saw a column's value takes the overall mean and variance, and
 * a column without spread says nothing.
 */
import type { DesignLayout } from '../encoding/design-layout.ts';
import { combineMoments } from '../encoding/moments.ts';
import { LearnerError } from '../errors.ts';
import { log } from '../math.ts';
import { type ClassSums, levelWidth } from './class-sums.ts';

export interface BayesTables {
  /** Share of each class among the training rows. */
  readonly priors: Float64Array;
  /** `classes x numbers`. */
  readonly means: Float64Array;
  /** `classes x numbers`; 0 where the column has no spread and says nothing. */
  readonly variances: Float64Array;
  /** `classes x columns of levels`: natural logarithms of probabilities. */
  readonly logLevels: Float64Array;
}

export interface Smoothing {
  readonly smoothing: number;
  readonly varianceSmoothing: number;
}

export function bayesTables(
  layout: DesignLayout,
  sums: ClassSums,
  { smoothing, varianceSmoothing }: Smoothing,
): BayesTables {
  const classes = sums.rows.length;
  let rows = 0;
  for (const count of sums.rows) rows += count;
  // Before the first round nothing is known, and every class is as likely as another.
  const priors = sums.rows.map((count) => (rows > 0 ? count / rows : 1 / classes));
  const logLevels = levelTable(layout, sums, smoothing);
  return { priors, ...numberTables(layout, sums, varianceSmoothing), logLevels };
}

function levelTable(layout: DesignLayout, { rows, levels }: ClassSums, smoothing: number) {
  const width = levelWidth(layout);
  const table = new Float64Array(levels.length);
  for (let k = 0; k < rows.length; k++) {
    for (const feature of layout.levels) {
      const from = k * width + feature.from - layout.numbers.length;
      let known = 0;
      for (let l = 0; l < feature.levels; l++) known += levels[from + l]!;
      const all = log(known + smoothing * feature.levels);
      for (let l = 0; l < feature.levels; l++) {
        table[from + l] = Math.min(0, log(levels[from + l]! + smoothing) - all);
      }
    }
  }
  return table;
}

function numberTables(layout: DesignLayout, { rows, moments }: ClassSums, smoothing: number) {
  const numbers = layout.numbers.length;
  const cells = rows.length * numbers;
  const means = moments.slice(cells, 2 * cells);
  const variances = new Float64Array(cells);
  for (let d = 0; d < numbers; d++) {
    const [, mean, variance] = overall(moments, rows.length, numbers, d);
    if (!Number.isFinite(mean + variance)) {
      throw new LearnerError(
        `column "${layout.numbers[d]}" has mean ${mean} and variance ${variance}, both must be finite; leave it out or bring its values nearer to 1`,
      );
    }
    const hasSpread = Math.sqrt(variance) > 1e-13 * Math.abs(mean);
    for (let cell = d; cell < cells; cell += numbers) {
      const count = moments[cell]!;
      if (!hasSpread || count === 0) means[cell] = mean;
      if (!hasSpread) continue;
      // Without smoothing a class may lack spread; the column as a whole then speaks for it.
      const own = count === 0 ? variance : moments[2 * cells + cell]! / count;
      const raised = own + smoothing * variance;
      variances[cell] = raised > 0 ? raised : variance;
    }
  }
  return { means, variances };
}

/** Count, mean and variance of a column over all classes. */
function overall(moments: Float64Array, classes: number, numbers: number, d: number) {
  const cells = classes * numbers;
  let all = new Float64Array(3);
  for (let cell = d; cell < cells; cell += numbers) {
    const own = [moments[cell]!, moments[cells + cell]!, moments[2 * cells + cell]!];
    const joined = new Float64Array(3);
    combineMoments(all, Float64Array.from(own), joined);
    all = joined;
  }
  const [count, mean, squares] = all as unknown as [number, number, number];
  return [count, mean, count > 0 ? squares / count : 0] as const;
}
