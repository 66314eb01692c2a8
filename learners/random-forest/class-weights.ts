/**
 * Integer weights of classes, so that sums of weighted draws stay exact in any order.
 */
import type { BinnedRows } from './kernel.ts';

/** A draw of the most frequent class weighs so much; rarer ones weigh more, in proportion. */
const COMMON_WEIGHT = 16;
/** Draws times weight of a class must fit the 32-bit counts of a leaf, the bag's chance included. */
const SUM_MAX = 2 ** 31;

/** Weights by which every class of the table weighs about the same in all. */
export function balancedWeights(table: BinnedRows): Uint32Array {
  const { rows, classes, stride, cells } = table;
  const words = new Int32Array(cells.buffer, cells.byteOffset, (rows * stride) >> 2);
  const counts = new Float64Array(classes);
  for (let at = (stride >> 2) - 1; at < words.length; at += stride >> 2) counts[words[at]!]! += 1;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const common = Math.max(1, Math.min(COMMON_WEIGHT, Math.floor(SUM_MAX / most)));
  return Uint32Array.from(counts, (count) =>
    Math.max(1, Math.round((common * most) / Math.max(1, count))),
  );
}

/** Draws of leaves, `classes` each, times the weights. */
export function weighLeaves(leaves: Float64Array, weights: Uint32Array | undefined): Float64Array {
  if (weights === undefined) return leaves;
  return leaves.map((draws, i) => draws * weights[i % weights.length]!);
}
