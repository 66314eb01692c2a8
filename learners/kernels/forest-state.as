/**
 * Where the memory of the forest's kernel lies, and the node that is being looked at.
 *
 * The caller lays out all memory and passes the addresses once; there is no allocation. A row is
 * `pitch` bytes, a multiple of 16: the cells, and in its last 4 bytes a word with its draws and its
 * class; regression keeps the fixed-point target in the word before.
 */

/** Nodes of at most so many rows are permuted as pointers; rows of larger ones are moved. */
export const LOCAL_ROWS: i32 = 1024;
/** Features counted in one pass over the rows. */
export const GROUP: i32 = 5;

/** Number of classes; 0 for regression. */
export let classes: i32 = 2;
export let features: i32 = 1;
export let pitch: i32 = 16;
export let featuresPerNode: i32 = 1;
export let maxDepth: i32 = 0;
export let minLeaf: i32 = 1;
export let minSplit: i32 = 2;
/** Whether cuts are drawn at random, as for extra-trees. */
export let randomCuts: bool = false;

/** Numbers that describe a node: draws of each class, or draws and the sum of targets. */
export let width: i32 = 2;
/** One u16 a feature: its value bins; the code of missing is the count itself. */
export let binCounts: usize = 0;
/** 256 float64 a feature: lowest value of each bin; for random cuts alone. */
export let lower: usize = 0;
/** Two i32 a feature: the permuted features, then the partners of their swaps. */
export let drawn: usize = 0;
/** Tables of the searches; their use is their own. */
export let tables: usize = 0;
/** Two lists of LOCAL_ROWS pointers. */
export let orders: usize = 0;

/** Best split of the node so far; the feature is -1 while there is none. */
export let bestFeature: i32 = -1;
export let bestLow: i32 = 0;
export let bestHigh: i32 = 0;
export let bestMissingLeft: bool = false;
/** Totals of the node and of the best split's left child, `width` float64 each. */
export let totals: usize = 0;
export let left: usize = 0;

export function shape(
  classCount: i32,
  featureCount: i32,
  rowBytes: i32,
  perNode: i32,
  depth: i32,
  leafDraws: i32,
  splitDraws: i32,
  cuts: i32,
): void {
  classes = classCount;
  width = classCount == 0 ? 2 : classCount;
  features = featureCount;
  pitch = rowBytes;
  featuresPerNode = perNode;
  maxDepth = depth;
  minLeaf = leafDraws;
  minSplit = splitDraws;
  randomCuts = cuts != 0;
}

export function placeState(
  binCountsAt: usize,
  drawnAt: usize,
  tablesAt: usize,
  ordersAt: usize,
  totalsAt: usize,
  lowerAt: usize,
): void {
  binCounts = binCountsAt;
  drawn = drawnAt;
  tables = tablesAt;
  orders = ordersAt;
  totals = totalsAt;
  lower = lowerAt;
  left = totalsAt + <usize>width * 8;
}

export function noSplit(): void {
  bestFeature = -1;
}

export function keepSplit(feature: i32, low: i32, high: i32, missingLeft: bool): void {
  bestFeature = feature;
  bestLow = low;
  bestHigh = high;
  bestMissingLeft = missingLeft;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function missingCode(feature: i32): i32 {
  return <i32>load<u16>(binCounts + ((<usize>feature) << 1));
}
