/**
 * The narrow interface between the forest and the code that grows a tree.
 *
 * A kernel sees binned cells and integers only; what a bin means, how a model is written and how it
 * predicts are outside. Two kernels given the same table, limits and seed must return the same tree
 * to the byte, so a WASM twin can stand beside the TypeScript one.
 */

/** Code of a leaf in `GrownTree.feature`. */
export const LEAF = 0xffff;
/** Set in a feature code when missing values go left. */
export const MISSING_BIT = 15;
export const MISSING_LEFT = 1 << MISSING_BIT;
export const FEATURE = 0x7fff;

/**
 * Binned rows, row-major: `stride` bytes a row, of which the first `features` are bin codes and the
 * last 4 (classification) or 8 (regression) are little-endian words: the class, or the target in
 * fixed point followed by a zero. Plain data over shared memory.
 */
export interface BinnedRows {
  readonly rows: number;
  readonly features: number;
  /** Number of classes; 0 for regression. */
  readonly classes: number;
  /** Bytes a row, a multiple of 4. */
  readonly stride: number;
  /** `rows * stride` bytes. */
  readonly cells: Uint8Array;
  /** Value bins of each feature; the code of missing is the count itself. */
  readonly binCounts: Uint16Array;
  /** 256 a feature: lowest value of each bin, rising; bins stand at their codes where not given. */
  readonly lower?: Float64Array;
  /** What a draw of each class counts in impurity and leaves; 1 where not given. */
  readonly classWeights?: Uint32Array;
}

export interface GrowthLimits {
  /** Features drawn at each node, 1 to the number of features. */
  readonly featuresPerNode: number;
  /** Levels of splits; Infinity for no limit. */
  readonly maxDepth: number;
  /** In-bag draws that each child of a split must have. */
  readonly minSamplesLeaf: number;
  /** In-bag draws that a node needs to be split. */
  readonly minSamplesSplit: number;
  readonly bootstrap: boolean;
  /** One random cut a drawn feature (extra-trees) instead of the best. */
  readonly randomCuts: boolean;
  /** Leaves of a tree, which then splits where impurity falls most; Infinity for no limit. */
  readonly maxLeaves: number;
}

/** A tree in pre-order: the left child of an inner node is the next node. */
export interface GrownTree {
  readonly nodes: number;
  /** Feature, with MISSING_LEFT, or LEAF; one a node. */
  readonly feature: Uint16Array;
  /**
   * The occupied bins on either side of the split, one pair a node. Codes up to `low` go left. When
   * `high` is the code of missing, all values go left and missing goes right.
   */
  readonly low: Uint8Array;
  readonly high: Uint8Array;
  /** For each leaf in order: draws of each class; or draws and the sum of the fixed-point targets. */
  readonly leaves: Float64Array;
}

export interface TreeKernel {
  /**
   * Grows one tree; every random choice derives from `seed`.
   *
   * @param tick called often; throws to give up
   */
  grow(seed: number, tick: () => void): GrownTree;
}

/** Makes a kernel whose working memory is reused from tree to tree. */
export type KernelFactory = (table: BinnedRows, limits: GrowthLimits) => TreeKernel;
