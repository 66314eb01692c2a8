/**
 * Split search for regression by variance.
 *
 * With n draws whose targets sum to s, the squared error of two children falls as
 * sL^2 / nL + sR^2 / nR rises; that is the score. Targets are fixed-point integers, so sums are
 * exact in any order. They are taken from the node's rounded mean before they are squared: it
 * changes no ranking and keeps the squares small.
 */
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import type { RowBlock } from './row-blocks.ts';
import { noSplit, type SearchFactory, type SplitSearch } from './split-search.ts';

/** Nodes up to this size sort their rows by bin instead of summing by bin. */
const SORT_ROWS = 16;

class VarianceSearch implements SplitSearch {
  readonly width = 2;
  readonly best = noSplit(2);
  readonly #stride: number;
  readonly #width: number;
  readonly #binCounts: Uint16Array;
  readonly #minLeaf: number;
  readonly #draws = new Int32Array(256);
  readonly #sums = new Float64Array(256);
  readonly #marks = new Int32Array(8);
  readonly #keys = new Int32Array(SORT_ROWS);
  readonly #offsets = new Int32Array(SORT_ROWS);
  readonly #weights = new Int32Array(SORT_ROWS);
  readonly #targets = new Float64Array(SORT_ROWS);
  /** Occupied bins of one feature, rising, with their draws and sums from the node's mean. */
  readonly #bins = new Int32Array(256);
  readonly #binDraws = new Int32Array(256);
  readonly #binSums = new Float64Array(256);
  #cells: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  #order: Int32Array = new Int32Array(0);
  #start = 0;
  #end = 0;
  #n = 0;
  #mean = 0;
  /** Sum of the node's targets less the rounded mean. */
  #rest = 0;
  #constant = false;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.#stride = table.stride;
    this.#width = table.stride >> 2;
    this.#binCounts = table.binCounts;
    this.#minLeaf = limits.minSamplesLeaf;
  }

  seal(words: Int32Array, row: number, weight: number): void {
    words[(row + 1) * this.#width - 1] = weight;
  }

  totals(block: RowBlock, into: Float64Array): void {
    let n = 0;
    let sum = 0;
    for (let at = this.#width - 1, row = 0; row < block.rows; row++, at += this.#width) {
      const weight = block.words[at]!;
      n += weight;
      sum += weight * block.words[at - 1]!;
    }
    into[0] = n;
    into[1] = sum;
  }

  /** Whether targets differ cannot be told from the totals; `begin` looks at the rows. */
  pure(): boolean {
    return false;
  }

  draws(totals: Float64Array, at: number): number {
    return totals[at]!;
  }

  begin(block: RowBlock, start: number, end: number, totals: Float64Array, at: number): void {
    this.#cells = block.cells;
    this.#words = block.words;
    this.#order = block.order;
    this.#start = start;
    this.#end = end;
    this.#n = totals[at]!;
    this.#mean = Math.round(totals[at + 1]! / this.#n);
    this.#rest = totals[at + 1]! - this.#n * this.#mean;
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
    this.#constant = this.#sameTargets();
    if (this.#constant || end - start > SORT_ROWS) return;
    for (let i = start, k = 0; i < end; i++, k++) {
      const row = this.#order[i]!;
      const weight = this.#words[(row + 1) * this.#width - 1]!;
      this.#offsets[k] = row * this.#stride;
      this.#weights[k] = weight;
      this.#targets[k] = weight * (this.#words[(row + 1) * this.#width - 2]! - this.#mean);
    }
  }

  /** A node whose targets are all equal is left whole: every feature counts as varied, none wins. */
  search(features: Int32Array, from: number, to: number): number {
    if (this.#constant) return to - from;
    const rows = this.#end - this.#start;
    let varied = 0;
    // Two rows can be parted in one way only.
    for (let i = from; i < to && (rows > 2 || this.best.feature < 0); i++) {
      const feature = features[i]!;
      const bins = rows <= SORT_ROWS ? this.#sort(feature, rows) : this.#sum(feature);
      varied += this.#scan(feature, bins);
    }
    return varied;
  }

  #sameTargets(): boolean {
    const words = this.#words;
    const width = this.#width;
    const first = words[(this.#order[this.#start]! + 1) * width - 2]!;
    for (let i = this.#start + 1; i < this.#end; i++) {
      if (words[(this.#order[i]! + 1) * width - 2] !== first) return false;
    }
    return true;
  }

  /** Bins of a small node, by an insertion sort of (bin, row) in one integer. */
  #sort(feature: number, rows: number): number {
    const cells = this.#cells;
    const keys = this.#keys;
    for (let i = 0; i < rows; i++) {
      const key = (cells[this.#offsets[i]! + feature]! << 8) | i;
      let j = i;
      while (j > 0 && keys[j - 1]! > key) {
        keys[j] = keys[j - 1]!;
        j--;
      }
      keys[j] = key;
    }
    let m = -1;
    let last = -1;
    for (let i = 0; i < rows; i++) {
      const bin = keys[i]! >> 8;
      const row = keys[i]! & 0xff;
      if (bin !== last) {
        m++;
        last = bin;
        this.#bins[m] = bin;
        this.#binDraws[m] = this.#weights[row]!;
        this.#binSums[m] = this.#targets[row]!;
      } else {
        this.#binDraws[m]! += this.#weights[row]!;
        this.#binSums[m]! += this.#targets[row]!;
      }
    }
    return m + 1;
  }

  /** Bins of a larger node, by summing and a bitmap of the bins that were touched. */
  #sum(feature: number): number {
    const draws = this.#draws;
    const sums = this.#sums;
    const marks = this.#marks;
    const order = this.#order;
    const cells = this.#cells;
    const words = this.#words;
    const stride = this.#stride;
    const width = this.#width;
    for (let i = this.#start; i < this.#end; i++) {
      const row = order[i]!;
      const bin = cells[row * stride + feature]!;
      const tail = row * width + width - 1;
      const weight = words[tail]!;
      draws[bin]! += weight;
      sums[bin]! += weight * words[tail - 1]!;
      marks[bin >> 5]! |= 1 << (bin & 31);
    }
    let m = 0;
    for (let w = 0; w < 8; w++) {
      let mark = marks[w]!;
      marks[w] = 0;
      while (mark !== 0) {
        const bin = (w << 5) + 31 - Math.clz32(mark & -mark);
        mark &= mark - 1;
        this.#bins[m] = bin;
        this.#binDraws[m] = draws[bin]!;
        this.#binSums[m++] = sums[bin]! - draws[bin]! * this.#mean;
        draws[bin] = 0;
        sums[bin] = 0;
      }
    }
    return m;
  }

  /** Tries all splits between the collected bins; 0 when the feature is constant, else 1. */
  #scan(feature: number, bins: number): number {
    if (bins < 2) return 0;
    const missing = this.#binCounts[feature]!;
    if (this.#bins[bins - 1] !== missing) {
      this.#scanFrom(feature, bins, -1, -1);
      return 1;
    }
    this.#scanFrom(feature, bins - 1, -1, missing);
    if (bins > 2) this.#scanFrom(feature, bins - 1, bins - 1, -1);
    return 1;
  }

  /**
   * @param before position of the missing bin when it stands left of all values, else -1
   * @param after code of missing when it stands right, so that all values may go left; else -1
   */
  #scanFrom(feature: number, values: number, before: number, after: number): void {
    const best = this.best;
    const n = this.#n;
    const last = after < 0 ? values - 1 : values;
    let nL = before < 0 ? 0 : this.#binDraws[before]!;
    let sL = before < 0 ? 0 : this.#binSums[before]!;
    for (let i = 0; i < last; i++) {
      nL += this.#binDraws[i]!;
      sL += this.#binSums[i]!;
      const nR = n - nL;
      if (nL < this.#minLeaf) continue;
      if (nR < this.#minLeaf) break;
      const sR = this.#rest - sL;
      const score = (sL * sL) / nL + (sR * sR) / nR;
      if (score <= best.score) continue;
      best.score = score;
      best.feature = feature;
      best.low = this.#bins[i]!;
      best.high = i + 1 < values ? this.#bins[i + 1]! : after;
      // A node that saw no missing value sends them, at prediction, where most of its draws went.
      best.missingLeft = before >= 0 || (after < 0 && nL > nR);
      best.left[0] = nL;
      best.left[1] = sL + nL * this.#mean;
    }
  }
}

export const varianceSearch: SearchFactory = (table, limits) => new VarianceSearch(table, limits);
