/**
 * What the searches for the best split of a node have in common.
 *
 * A search sees one node at a time: a range of a block's order and the node's totals. It looks at
 * the drawn features, keeps the best split so far, and says how many features were not constant.
 * Ties are ruled here for every kernel: a later candidate wins only with a strictly higher score;
 * candidates come in the order of the draw, within a feature by rising bin, missing right before
 * missing left.
 */
import type { FeatureDraw } from './feature-draw.ts';
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import type { RowBlock } from './row-blocks.ts';

/** The best split of a node so far; `feature` is -1 while there is none. */
export interface BestSplit {
  feature: number;
  low: number;
  high: number;
  missingLeft: boolean;
  score: number;
  /** Totals of the left child, `width` numbers. */
  readonly left: Float64Array;
}

export interface SplitSearch {
  /** Numbers that describe a node: draws of each class, or draws and sum of targets. */
  readonly width: number;
  readonly best: BestSplit;
  /** Packs a row's weight and target into its last words; called once a row and tree. */
  seal(words: Int32Array, row: number, weight: number): void;
  /** Totals of the rows of a block. */
  totals(block: RowBlock, into: Float64Array): void;
  /** Whether a node with these totals (from `at`) cannot be split, judged without its rows. */
  pure(totals: Float64Array, at: number): boolean;
  /** Draws in a node. */
  draws(totals: Float64Array, at: number): number;
  /** Begins a node: no split is known yet. `seed` is the node's own. */
  begin(
    block: RowBlock,
    start: number,
    end: number,
    totals: Float64Array,
    at: number,
    seed: number,
  ): void;
  /** Looks at features[from..to) and returns how many of them are not constant in the node. */
  search(features: Int32Array, from: number, to: number): number;
}

export type SearchFactory = (table: BinnedRows, limits: GrowthLimits) => SplitSearch;

/** Draws a node's features and looks at them, and draws on while all of them are constant. */
export function searchNode(
  search: SplitSearch,
  draw: FeatureDraw,
  features: number,
  { featuresPerNode }: GrowthLimits,
  seed: number,
): void {
  draw.begin(seed);
  draw.upTo(featuresPerNode);
  let varied = search.search(draw.features, 0, featuresPerNode);
  for (let next = featuresPerNode; varied === 0 && next < features; next++) {
    draw.upTo(next + 1);
    varied = search.search(draw.features, next, next + 1);
  }
}

export function noSplit(width: number): BestSplit {
  return {
    feature: -1,
    low: 0,
    high: 0,
    missingLeft: false,
    score: Number.NEGATIVE_INFINITY,
    left: new Float64Array(width),
  };
}
