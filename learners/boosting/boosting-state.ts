/**
 * The state of boosting: what is known of the data, the trees so far, and the trees that grow.
 *
 * Each section is bytes of its own and read only where it is needed: the bins when rows are binned,
 * the finished trees when a holder begins anew, the parents' histograms by the leader alone.
 */
import type { ColumnBins } from '../../datasets/quantile-bins.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import type { BinTree } from './bin-tree.ts';

/**
 * What the round does. `level`: histograms of a level; `leaves`: sums of the leaves' rows;
 * `narrow`: shares of residuals that lead to the leaves' medians; `measure`: nothing but the loss of
 * the rows held back.
 */
export const PHASE = { survey: 0, centre: 1, level: 2, leaves: 3, narrow: 4, measure: 5 } as const;

/** Places in the head. */
export const HEAD = {
  phase: 0,
  /** Finished steps: each has a tree for each output. */
  step: 1,
  level: 2,
  /** Bounds of |gradient| and hessian of all rows in this step. */
  gradient: 3,
  hessian: 4,
  /** Bounds of the target, and the largest weight. */
  low: 5,
  high: 6,
  heaviest: 7,
  median: 8,
  rows: 9,
  heldBack: 10,
  /** Loss of the rows held back: lowest, and after how many steps; the first is of no tree. */
  bestLoss: 11,
  bestStep: 12,
  /** Passes of `narrow` that are done. */
  pass: 13,
  length: 14,
} as const;

/**
 * Two siblings to be grown: the histogram of one is built, that of the other is the difference. Or
 * one node alone, as left: a root, or with a parent's index a node whose histogram is known and
 * which waits to be split.
 */
export interface Pair {
  readonly output: number;
  /** Index of the parent's histogram, or of the node's own where it waits; -1 for a root. */
  readonly parent: number;
  readonly left: number;
  /** -1 for a root and for a node that waits. */
  readonly right: number;
  /** The child whose rows are summed: left or right; of no meaning for a node that waits. */
  readonly build: number;
}

/** A tree that grows; bounds of node values where predictions must be monotone. */
export interface Growing extends BinTree {
  /** `[lowest, highest]` of each node; empty without constraints. */
  readonly bounds: Float64Array;
  /** Nodes from this one on were made when the last round closed. */
  readonly fresh: number;
}

export interface BoostingState {
  readonly head: Float64Array;
  /** Encoded; `decodeBins`. */
  readonly bins: Uint8Array;
  readonly base: Float64Array;
  readonly classWeights: Float64Array;
  /** Sum of the gains of each feature's splits. */
  readonly gains: Float64Array;
  /** Encoded trees of all steps but the last; then those of the last. */
  readonly trees: Uint8Array;
  readonly latest: Uint8Array;
  readonly growing: readonly Growing[];
  readonly pairs: readonly Pair[];
  /** Encoded histograms of the parents of the pairs. */
  readonly parents: Uint8Array;
  /** `narrow`: of each leaf of the tree `[low, high, rows below low, rank of the median]`. */
  readonly brackets: Float64Array;
}

/** Whether the node's histogram is known, and nothing is to be built. */
export function waits({ parent, right }: Pair): boolean {
  return parent >= 0 && right < 0;
}

export const none = new Uint8Array(0);
const noNumbers = new Float64Array(0);

export function emptyState(): BoostingState {
  return {
    head: new Float64Array(HEAD.length),
    bins: none,
    base: noNumbers,
    classWeights: noNumbers,
    gains: noNumbers,
    trees: none,
    latest: none,
    growing: [],
    pairs: [],
    parents: none,
    brackets: noNumbers,
  };
}

export function encodeState(state: BoostingState): Uint8Array {
  const { bins, trees, latest, parents } = state;
  const size = bins.length + trees.length + latest.length + parents.length;
  const writer = new CanonicalWriter(size + 65_536);
  writer.f64s(state.head).bytes(bins).f64s(state.base).f64s(state.classWeights);
  writer.f64s(state.gains).bytes(trees).bytes(latest).uint(state.growing.length);
  for (const { feature, left, cut, sets, bounds, fresh } of state.growing) {
    writer.u16s(feature).u16s(left).bytes(cut).u32s(sets).f64s(bounds).uint(fresh);
  }
  const pairs = state.pairs.flatMap((pair) => [
    ...[pair.output, pair.parent + 1, pair.left, pair.right + 1, pair.build],
  ]);
  return writer.u32s(Uint32Array.from(pairs)).bytes(parents).f64s(state.brackets).finish();
}

/** @throws CanonicalError on bytes that `encodeState` does not write */
export function readState(bytes: Uint8Array): BoostingState {
  const reader = new CanonicalReader(bytes);
  const head = reader.f64s();
  const bins = reader.bytes();
  const [base, classWeights, gains] = [reader.f64s(), reader.f64s(), reader.f64s()];
  const [trees, latest] = [reader.bytes(), reader.bytes()];
  const growing = Array.from({ length: reader.uint(2 ** 16) }, () => ({
    feature: reader.u16s(),
    left: reader.u16s(),
    cut: reader.bytes(),
    sets: reader.u32s(),
    bounds: reader.f64s(),
    fresh: reader.uint(),
  }));
  const words = reader.u32s();
  const pairs = Array.from({ length: words.length / 5 }, (_, i) => ({
    output: words[5 * i]!,
    parent: words[5 * i + 1]! - 1,
    left: words[5 * i + 2]!,
    right: words[5 * i + 3]! - 1,
    build: words[5 * i + 4]!,
  }));
  const [parents, brackets] = [reader.bytes(), reader.f64s()];
  reader.end();
  return {
    ...{ head, bins, base, classWeights, gains, trees, latest },
    ...{ growing, pairs, parents, brackets },
  };
}

export function encodeBins(columns: readonly ColumnBins[]): Uint8Array {
  const writer = new CanonicalWriter(6144 * columns.length);
  for (const { lower, upper, edges, count } of columns) {
    writer
      .f64s(lower)
      .f64s(upper)
      .f64s(edges.subarray(0, Math.max(0, count - 1)));
  }
  return writer.finish();
}

export function decodeBins(bytes: Uint8Array): ColumnBins[] {
  const reader = new CanonicalReader(bytes);
  const columns: ColumnBins[] = [];
  while (reader.remaining > 0) {
    const [lower, upper] = [reader.f64s(), reader.f64s()];
    const edges = new Float64Array(256).fill(Number.POSITIVE_INFINITY);
    edges.set(reader.f64s());
    columns.push({ count: upper.length, lower, upper, edges });
  }
  return columns;
}
