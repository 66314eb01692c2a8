/**
 * Split search of extra-trees (Geurts, Ernst, Wehenkel 2006): one cut of each drawn feature, at a
 * value taken at random between the lowest and the highest bin that the node occupies; the best of
 * them wins.
 *
 * A cut is keyed by the node and the feature, not by the order of the draw. Missing values are tried
 * on either side. Scores are those of the exhaustive searches: sums of squares over sums of weights.
 */
import { hash32 } from '../random.ts';
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import type { RowBlock } from './row-blocks.ts';
import { noSplit, type SearchFactory, type SplitSearch } from './split-search.ts';

/** Keys the cuts of a node. */
const CUT = 3;

/**
 * The last bin that goes left in a node whose bins go from `low` to `high`: `high` - 1 at most.
 *
 * @param lower lowest value of each bin of the feature
 */
export function cutAt(
  seed: number,
  feature: number,
  low: number,
  high: number,
  lower: Float64Array,
): number {
  const share = hash32(seed, CUT, feature) / 2 ** 32;
  const value = lower[low]! + share * (lower[high]! - lower[low]!);
  let from = low;
  let to = high - 1;
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (lower[middle]! <= value) from = middle;
    else to = middle - 1;
  }
  return from;
}

/** Lowest values of the bins of a feature. */
export function lowerOf(table: BinnedRows, feature: number): Float64Array {
  return table.lower?.subarray(feature * 256, feature * 256 + 256) ?? CODES;
}

const CODES = Float64Array.from({ length: 256 }, (_, code) => code);

class RandomCuts implements SplitSearch {
  readonly width: number;
  readonly best;
  readonly #table: BinnedRows;
  readonly #minLeaf: number;
  readonly #words: number;
  readonly #weights: Uint32Array | undefined;
  readonly #left: Float64Array;
  readonly #missing: Float64Array;
  readonly #totals: Float64Array;
  #block: RowBlock | null = null;
  #start = 0;
  #end = 0;
  #seed = 0;
  #mean = 0;
  #pure = false;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.width = table.classes === 0 ? 2 : table.classes;
    this.best = noSplit(this.width);
    this.#table = table;
    this.#minLeaf = limits.minSamplesLeaf;
    this.#words = table.stride >> 2;
    this.#weights = table.classWeights;
    this.#left = new Float64Array(this.width);
    this.#missing = new Float64Array(this.width);
    this.#totals = new Float64Array(this.width);
  }

  seal(words: Int32Array, row: number, weight: number): void {
    const at = (row + 1) * this.#words - 1;
    words[at] = this.#table.classes === 0 ? weight : (words[at]! << 8) | weight;
  }

  totals(block: RowBlock, into: Float64Array): void {
    into.fill(0, 0, this.width);
    for (let row = 0; row < block.rows; row++) this.#add(block, row, into);
  }

  pure(totals: Float64Array, at: number): boolean {
    if (this.#table.classes === 0) return false;
    let present = 0;
    for (let c = 0; c < this.width; c++) present += totals[at + c]! > 0 ? 1 : 0;
    return present < 2;
  }

  draws(totals: Float64Array, at: number): number {
    if (this.#table.classes === 0) return totals[at]!;
    let sum = 0;
    for (let c = 0; c < this.width; c++) sum += totals[at + c]!;
    return sum;
  }

  begin(
    block: RowBlock,
    start: number,
    end: number,
    totals: Float64Array,
    at: number,
    seed: number,
  ): void {
    this.#block = block;
    this.#start = start;
    this.#end = end;
    this.#seed = seed;
    for (let k = 0; k < this.width; k++) this.#totals[k] = totals[at + k]!;
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
    if (this.#table.classes > 0) return;
    this.#mean = Math.round(totals[at + 1]! / totals[at]!);
    const first = block.words[(block.order[start]! + 1) * this.#words - 2];
    this.#pure = true;
    for (let i = start; i < end && this.#pure; i++) {
      this.#pure = block.words[(block.order[i]! + 1) * this.#words - 2] === first;
    }
  }

  search(features: Int32Array, from: number, to: number): number {
    // A node whose targets are all equal is left whole: all features count as varied, none wins.
    if (this.#pure) return to - from;
    let varied = 0;
    for (let i = from; i < to; i++) varied += this.#cut(features[i]!);
    return varied;
  }

  /** Tries the feature's cut; 0 when the feature is constant, else 1. */
  #cut(feature: number): number {
    const block = this.#block!;
    const { stride, binCounts } = this.#table;
    const none = binCounts[feature]!;
    let low = 256;
    let high = -1;
    let seen = false;
    for (let i = this.#start; i < this.#end; i++) {
      const bin = block.cells[block.order[i]! * stride + feature]!;
      if (bin === none) seen = true;
      else {
        if (bin < low) low = bin;
        if (bin > high) high = bin;
      }
    }
    if (high < 0 || (low === high && !seen)) return 0;
    const cut =
      low === high ? low : cutAt(this.#seed, feature, low, high, lowerOf(this.#table, feature));
    let below = low;
    let above = high;
    this.#left.fill(0);
    this.#missing.fill(0);
    for (let i = this.#start; i < this.#end; i++) {
      const row = block.order[i]!;
      const bin = block.cells[row * stride + feature]!;
      if (bin === none) this.#add(block, row, this.#missing);
      else if (bin <= cut) {
        this.#add(block, row, this.#left);
        if (bin > below) below = bin;
      } else if (bin < above) above = bin;
    }
    if (low === high) {
      this.#try(feature, low, none, false);
      return 1;
    }
    this.#try(feature, below, above, seen ? false : null);
    if (!seen) return 1;
    for (let k = 0; k < this.width; k++) this.#left[k]! += this.#missing[k]!;
    this.#try(feature, below, above, true);
    return 1;
  }

  /** Keeps the split whose left totals are at hand, if it is the best so far. */
  #try(feature: number, low: number, high: number, missingLeft: boolean | null): void {
    const { best } = this;
    const nL = this.draws(this.#left, 0);
    const nR = this.draws(this.#totals, 0) - nL;
    if (nL < this.#minLeaf || nR < this.#minLeaf) return;
    const score = this.#score();
    if (score <= best.score) return;
    best.score = score;
    best.feature = feature;
    best.low = low;
    best.high = high;
    best.missingLeft = missingLeft ?? nL > nR;
    best.left.set(this.#left);
  }

  #score(): number {
    const left = this.#left;
    const totals = this.#totals;
    if (this.#table.classes === 0) {
      const [nL = 0, tL = 0] = left;
      const nR = totals[0]! - nL;
      const sL = tL - nL * this.#mean;
      const sR = totals[1]! - tL - nR * this.#mean;
      return (sL * sL) / nL + (sR * sR) / nR;
    }
    let squaresL = 0;
    let squaresR = 0;
    let heavyL = 0;
    let heavyR = 0;
    for (let c = 0; c < this.width; c++) {
      const weight = this.#weights === undefined ? 1 : this.#weights[c]!;
      const l = left[c]! * weight;
      const r = totals[c]! * weight - l;
      squaresL += l * l;
      squaresR += r * r;
      heavyL += l;
      heavyR += r;
    }
    return squaresL / heavyL + squaresR / heavyR;
  }

  #add(block: RowBlock, row: number, into: Float64Array): void {
    const word = block.words[(row + 1) * this.#words - 1]!;
    if (this.#table.classes === 0) {
      into[0]! += word;
      into[1]! += word * block.words[(row + 1) * this.#words - 2]!;
    } else into[word >>> 8]! += word & 0xff;
  }
}

export const randomCuts: SearchFactory = (table, limits) => new RandomCuts(table, limits);
