/**
 * How much each feature lowers impurity: of every tree the falls at the nodes that split by it, as
 * shares of the tree's whole fall; of a forest their mean over the trees.
 *
 * Shares are kept as integers, so their sum is the same however trees are grouped into tasks.
 */
import { impurityFall } from './impurity.ts';
import { type BinnedRows, FEATURE, type GrownTree, LEAF } from './kernel.ts';

/** A share of 1. A forest of 100,000 trees sums to far below 2^53. */
const WHOLE = 2 ** 32;

/** Adds a tree's shares, in units of 2^-32, to `sums`, one number a feature. */
export function addImportances(
  tree: GrownTree,
  table: Pick<BinnedRows, 'classes' | 'classWeights'>,
  sums: Float64Array,
): void {
  const falls = fallsOf(tree, table, sums.length);
  const whole = falls.reduce((sum, fall) => sum + fall, 0);
  if (whole === 0) return;
  for (let f = 0; f < sums.length; f++) sums[f]! += Math.round((falls[f]! / whole) * WHOLE);
}

/** Mean shares that sum to about 1, or to 0 where no tree was split. */
export function meanImportances(sums: Float64Array): Float64Array {
  const whole = sums.reduce((sum, share) => sum + share, 0);
  return sums.map((share) => (whole === 0 ? 0 : share / whole));
}

/** Totals of nodes are sums of their leaves', so the nodes are walked from the last to the root. */
function fallsOf(
  { nodes, feature, leaves }: GrownTree,
  table: Pick<BinnedRows, 'classes' | 'classWeights'>,
  features: number,
): Float64Array {
  const width = table.classes === 0 ? 2 : table.classes;
  const falls = new Float64Array(features);
  const stack = new Float64Array(leaves.length);
  const totals = new Float64Array(width);
  let top = 0;
  let leaf = leaves.length;
  for (let node = nodes - 1; node >= 0; node--) {
    if (feature[node] === LEAF) {
      leaf -= width;
      for (let k = 0; k < width; k++) stack[top + k] = leaves[leaf + k]!;
      top += width;
      continue;
    }
    // The left child's totals lie on top of the right one's.
    const left = top - width;
    for (let k = 0; k < width; k++) totals[k] = stack[left + k]! + stack[left - width + k]!;
    const own = feature[node]! & FEATURE;
    falls[own]! += Math.max(0, impurityFall(table, totals, 0, stack, left));
    top = left;
    for (let k = 0; k < width; k++) stack[top - width + k] = totals[k]!;
  }
  return falls;
}
