/**
 * How much a split lowers impurity, from the totals of a node and of its left child.
 *
 * Weighted draws times the fall of the Gini impurity, or the fall of the sum of squared errors, in
 * units of the fixed-point target; 0 or more but for rounding.
 */
import type { BinnedRows } from './kernel.ts';

export function impurityFall(
  table: Pick<BinnedRows, 'classes' | 'classWeights'>,
  totals: Float64Array,
  at: number,
  left: Float64Array,
  leftAt: number,
): number {
  if (table.classes === 0) {
    const n = totals[at]!;
    const mean = totals[at + 1]! / n;
    const nL = left[leftAt]!;
    // From the node's mean the two children's sums are opposite.
    const s = left[leftAt + 1]! - nL * mean;
    return (s * s) / nL + (s * s) / (n - nL);
  }
  const weights = table.classWeights;
  let squares = 0;
  let squaresL = 0;
  let squaresR = 0;
  let heavy = 0;
  let heavyL = 0;
  for (let c = 0; c < table.classes; c++) {
    const weight = weights === undefined ? 1 : weights[c]!;
    const all = totals[at + c]! * weight;
    const l = left[leftAt + c]! * weight;
    squares += all * all;
    squaresL += l * l;
    squaresR += (all - l) * (all - l);
    heavy += all;
    heavyL += l;
  }
  return squaresL / heavyL + squaresR / (heavy - heavyL) - squares / heavy;
}
