/**
 * Split search for two classes by Gini impurity.
 *
 * Of n draws p are of the second class, nL and pL of them left. The impurity falls by
 * D^2 / (n^2 nL nR) with D = pL n - p nL; candidates are compared by D^2 / (nL nR), multiplied out so
 * that equal partitions tie exactly. A split that leaves both children pure has the highest score
 * there is, p (n - p), and ends the search of its node after its feature. Counts are packed in one
 * 32-bit word, draws in the low half and second-class draws in the high half, so a cell costs one
 * addition.
 */
import { WEIGHT_MAX } from './bag.ts';
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import { countPacked, GROUP_MAX, type PackedRows } from './packed-counts.ts';
import type { RowBlock } from './row-blocks.ts';
import { noSplit, type SearchFactory, type SplitSearch } from './split-search.ts';

/** Nodes up to this size sort their rows by bin instead of counting. */
const SORT_ROWS = 8;
/** Nodes up to this size note which bins they touch. */
const MARK_ROWS = 160;
const HALF_MAX = 0xffff;

class GiniOfTwo implements SplitSearch {
  readonly width = 2;
  readonly best = noSplit(2);
  readonly #stride: number;
  readonly #binCounts: Uint16Array;
  readonly #minLeaf: number;
  /** Packed counts of the features of a group. */
  readonly #packed = new Int32Array(GROUP_MAX * 256);
  /** Where packed counts spill when a node has more draws than half a word holds. */
  readonly #draws = new Int32Array(GROUP_MAX * 256);
  readonly #seconds = new Int32Array(GROUP_MAX * 256);
  readonly #marks = new Int32Array(8);
  /** First cell, packed word and sort tag of each row of a small node. */
  readonly #offsets = new Int32Array(MARK_ROWS);
  readonly #words = new Int32Array(MARK_ROWS);
  readonly #tags = new Int32Array(SORT_ROWS);
  readonly #keys = new Int32Array(SORT_ROWS);
  /** Occupied bins of one feature, rising, with their packed counts. */
  readonly #bins = new Int32Array(256);
  readonly #binWords = new Int32Array(256);
  #weightMax = 1;
  #rows: PackedRows;
  #start = 0;
  #end = 0;
  #n = 0;
  #p = 0;
  /** Score of the best split so far, as a fraction. */
  #num = -1;
  #den = 1;
  #foundSum = 0;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    const { stride } = table;
    this.#stride = stride;
    this.#binCounts = table.binCounts;
    this.#minLeaf = limits.minSamplesLeaf;
    const none = new Int32Array(0);
    this.#rows = { cells: new Uint8Array(0), words: none, order: none, stride };
  }

  seal(words: Int32Array, row: number, weight: number): void {
    if (row === 0) this.#weightMax = 1;
    if (weight > this.#weightMax) this.#weightMax = weight;
    const at = (((row + 1) * this.#stride) >> 2) - 1;
    words[at] = weight + (words[at] === 1 ? weight << 16 : 0);
  }

  totals(block: RowBlock, into: Float64Array): void {
    const width = this.#stride >> 2;
    let n = 0;
    let p = 0;
    for (let at = width - 1, row = 0; row < block.rows; row++, at += width) {
      const word = block.words[at]!;
      n += word & HALF_MAX;
      p += word >>> 16;
    }
    into[0] = n - p;
    into[1] = p;
  }

  pure(totals: Float64Array, at: number): boolean {
    return totals[at] === 0 || totals[at + 1] === 0;
  }

  draws(totals: Float64Array, at: number): number {
    return totals[at]! + totals[at + 1]!;
  }

  begin(block: RowBlock, start: number, end: number, totals: Float64Array, at: number): void {
    const { cells, words, order } = block;
    const stride = this.#stride;
    this.#rows = { cells, words, order, stride };
    this.#start = start;
    this.#end = end;
    this.#p = totals[at + 1]!;
    this.#n = totals[at]! + this.#p;
    this.#num = -1;
    this.#den = 1;
    this.best.feature = -1;
    if (end - start > MARK_ROWS) return;
    for (let i = start, k = 0; i < end; i++, k++) {
      const offset = order[i]! * stride;
      this.#offsets[k] = offset;
      this.#words[k] = words[(offset + stride - 4) >> 2]!;
    }
    if (end - start > SORT_ROWS) return;
    for (let k = 0; k < end - start; k++) {
      const word = this.#words[k]!;
      this.#tags[k] = (word & WEIGHT_MAX) | (word >>> 16 === 0 ? 0 : 0x100);
    }
  }

  search(features: Int32Array, from: number, to: number): number {
    const rows = this.#end - this.#start;
    let varied = 0;
    if (rows <= MARK_ROWS) {
      for (let i = from; i < to && !this.#perfect(); i++) {
        const feature = features[i]!;
        const bins = rows <= SORT_ROWS ? this.#sort(feature, rows) : this.#mark(feature, rows);
        varied += this.#scanList(feature, bins);
      }
      return varied;
    }
    for (let i = from; i < to && !this.#perfect(); i += GROUP_MAX) {
      const count = Math.min(GROUP_MAX, to - i);
      this.#count(features, i, count);
      for (let k = 0; k < count; k++) {
        if (!this.#perfect()) {
          varied +=
            this.#n > HALF_MAX
              ? this.#scanWide(features[i + k]!, k * 256)
              : this.#scanPacked(features[i + k]!, k * 256);
        }
        this.#packed.fill(0, k * 256, k * 256 + 256);
      }
    }
    return varied;
  }

  #perfect(): boolean {
    return this.#num >= this.#p * (this.#n - this.#p) * this.#den;
  }

  /** Bins of a small node, by an insertion sort of (bin, class, weight) in one integer. */
  #sort(feature: number, rows: number): number {
    const { cells } = this.#rows;
    const keys = this.#keys;
    const offsets = this.#offsets;
    const tags = this.#tags;
    const bins = this.#bins;
    const binWords = this.#binWords;
    for (let i = 0; i < rows; i++) {
      const key = (cells[offsets[i]! + feature]! << 16) | tags[i]!;
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
      const key = keys[i]!;
      const bin = key >> 16;
      const weight = key & WEIGHT_MAX;
      const word = weight | (-((key >> 8) & 1) & (weight << 16));
      if (bin === last) {
        binWords[m]! += word;
        continue;
      }
      m++;
      last = bin;
      bins[m] = bin;
      binWords[m] = word;
    }
    return m + 1;
  }

  /** Bins of a middling node, by counting and a bitmap of the bins that were touched. */
  #mark(feature: number, rows: number): number {
    const { cells } = this.#rows;
    const packed = this.#packed;
    const marks = this.#marks;
    const offsets = this.#offsets;
    const words = this.#words;
    const bins = this.#bins;
    const binWords = this.#binWords;
    for (let i = 0; i < rows; i++) {
      const bin = cells[offsets[i]! + feature]!;
      packed[bin]! += words[i]!;
      marks[bin >> 5]! |= 1 << (bin & 31);
    }
    let m = 0;
    for (let w = 0; w < 8; w++) {
      let mark = marks[w]!;
      marks[w] = 0;
      while (mark !== 0) {
        const bin = (w << 5) + 31 - Math.clz32(mark & -mark);
        bins[m] = bin;
        binWords[m++] = packed[bin]!;
        packed[bin] = 0;
        mark &= mark - 1;
      }
    }
    return m;
  }

  /** Counts the features of a group for a large node. */
  #count(features: Int32Array, from: number, count: number): void {
    if (this.#n <= HALF_MAX) {
      countPacked(this.#rows, this.#packed, features, from, count, this.#start, this.#end);
      return;
    }
    // So many rows cannot overflow half a word.
    const step = Math.floor(HALF_MAX / this.#weightMax);
    this.#draws.fill(0);
    this.#seconds.fill(0);
    for (let start = this.#start; start < this.#end; start += step) {
      const end = Math.min(start + step, this.#end);
      countPacked(this.#rows, this.#packed, features, from, count, start, end);
      for (let b = 0; b < count * 256; b++) {
        const word = this.#packed[b]!;
        this.#packed[b] = 0;
        this.#draws[b]! += word & HALF_MAX;
        this.#seconds[b]! += word >>> 16;
      }
    }
  }

  /** Tries all splits between the listed bins; 0 when the feature is constant, else 1. */
  #scanList(feature: number, bins: number): number {
    if (bins < 2) return 0;
    const missing = this.#binCounts[feature]!;
    const words = this.#binWords;
    const seen = this.#bins[bins - 1] === missing;
    const values = seen ? bins - 1 : bins;
    const word = seen ? words[values]! : 0;
    this.#bins[values] = missing;
    let found = this.#scan(words, 0, values, 0, word);
    if (found >= 0) this.#keep(feature, this.#bins[found]!, this.#bins[found + 1]!, 0, word);
    if (!seen) return 1;
    found = this.#scan(words, 0, values, word, 0);
    if (found >= 0) this.#keep(feature, this.#bins[found]!, this.#bins[found + 1]!, word, 0);
    return 1;
  }

  /** As `#scanList`, from the counts of all bins. */
  #scanPacked(feature: number, base: number): number {
    const packed = this.#packed;
    const missing = this.#binCounts[feature]!;
    const end = base + missing;
    const word = packed[end]!;
    let first = base;
    while (packed[first] === 0) first++;
    // All draws in one bin: constant.
    if ((packed[first]! & HALF_MAX) === this.#n) return 0;
    let found = this.#scan(packed, base, end, 0, word);
    if (found >= 0) this.#keep(feature, found - base, this.#after(found, end) - base, 0, word);
    if (word === 0) return 1;
    found = this.#scan(packed, base, end, word, 0);
    if (found >= 0) this.#keep(feature, found - base, this.#after(found, end) - base, word, 0);
    return 1;
  }

  /** The next occupied bin, or the end. */
  #after(found: number, end: number): number {
    let next = found + 1;
    while (next < end && this.#packed[next] === 0) next++;
    return next;
  }

  /**
   * Finds the best place to cut words[base..end), if it beats the best split so far; else -1.
   * Empty bins are looked at like all others: they repeat the score before them, which never wins.
   *
   * @param before packed counts that stand left of the first bin
   * @param after packed counts that stand right of the last bin
   */
  #scan(words: Int32Array, base: number, end: number, before: number, after: number): number {
    const n = this.#n;
    const p = this.#p;
    const minLeaf = this.#minLeaf;
    const last = after === 0 ? end - 1 : end;
    let num = this.#num;
    let den = this.#den;
    let sum = before;
    let found = -1;
    let foundSum = 0;
    for (let b = base; b < last; b++) {
      sum += words[b]!;
      const nL = sum & HALF_MAX;
      const nR = n - nL;
      // An empty side has score 0 / 0, which never wins.
      if (nL < minLeaf || nR < minLeaf) continue;
      const d = (sum >>> 16) * n - p * nL;
      const hereNum = d * d;
      const hereDen = nL * nR;
      if (hereNum * den > num * hereDen) {
        num = hereNum;
        den = hereDen;
        found = b;
        foundSum = sum;
      }
    }
    this.#num = num;
    this.#den = den;
    this.#foundSum = foundSum;
    return found;
  }

  #keep(feature: number, low: number, high: number, before: number, after: number): void {
    const nL = this.#foundSum & HALF_MAX;
    this.#keepCounts(feature, low, high, nL, this.#foundSum >>> 16);
    if (before !== 0 || after !== 0) this.best.missingLeft = before !== 0;
  }

  #keepCounts(feature: number, low: number, high: number, nL: number, pL: number): void {
    const best = this.best;
    best.feature = feature;
    best.low = low;
    best.high = high;
    // A node that saw no missing value sends them, at prediction, where most of its draws went.
    best.missingLeft = nL > this.#n - nL;
    best.left[0] = nL - pL;
    best.left[1] = pL;
  }

  /** As `#scanPacked`, for a node with more draws than half a word holds. */
  #scanWide(feature: number, base: number): number {
    const draws = this.#draws;
    const missing = base + this.#binCounts[feature]!;
    let occupied = 0;
    for (let b = base; b <= missing; b++) occupied += draws[b] === 0 ? 0 : 1;
    if (occupied < 2) return 0;
    this.#scanWideFrom(feature, base, missing, false);
    if (draws[missing] !== 0) this.#scanWideFrom(feature, base, missing, true);
    return 1;
  }

  #scanWideFrom(feature: number, base: number, end: number, missingLeft: boolean): void {
    const draws = this.#draws;
    const n = this.#n;
    const seen = draws[end] !== 0;
    let nL = missingLeft ? draws[end]! : 0;
    let pL = missingLeft ? this.#seconds[end]! : 0;
    for (let b = base; b < end; b++) {
      nL += draws[b]!;
      pL += this.#seconds[b]!;
      const nR = n - nL;
      if (nL < this.#minLeaf || nR < this.#minLeaf) continue;
      const d = pL * n - this.#p * nL;
      if (d * d * this.#den <= this.#num * (nL * nR)) continue;
      this.#num = d * d;
      this.#den = nL * nR;
      let next = b + 1;
      while (next < end && draws[next] === 0) next++;
      this.#keepCounts(feature, b - base, next - base, nL, pL);
      if (seen) this.best.missingLeft = missingLeft;
    }
  }
}

export const giniOfTwo: SearchFactory = (table, limits) => new GiniOfTwo(table, limits);
