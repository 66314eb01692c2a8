/**
 * Split search for two classes by Gini impurity.
 *
 * With n draws of which p are of the second class, the impurity of two children falls as
 * pL^2 / nL + pR^2 / nR rises; that is the score. Counts are packed in one 32-bit word, draws in the
 * low half and second-class draws in the high half, so a cell costs one addition.
 */
import { WEIGHT_MAX } from './bag.ts';
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import type { RowBlock } from './row-blocks.ts';
import { noSplit, type SearchFactory, type SplitSearch } from './split-search.ts';

/** Nodes up to this size sort their rows by bin instead of counting. */
const SORT_ROWS = 16;
/** Nodes up to this size note which bins they touch. */
const MARK_ROWS = 96;
const HALF_MAX = 0xffff;

class GiniOfTwo implements SplitSearch {
  readonly width = 2;
  readonly best = noSplit(2);
  readonly #stride: number;
  readonly #width: number;
  readonly #binCounts: Uint16Array;
  readonly #minLeaf: number;
  /** Packed counts of up to four features. */
  readonly #packed = new Int32Array(4 * 256);
  /** Where packed counts spill when a node has more draws than half a word holds. */
  readonly #draws = new Int32Array(4 * 256);
  readonly #seconds = new Int32Array(4 * 256);
  readonly #marks = new Int32Array(8);
  readonly #keys = new Int32Array(SORT_ROWS);
  readonly #offsets = new Int32Array(SORT_ROWS);
  readonly #tags = new Int32Array(SORT_ROWS);
  /** Occupied bins of one feature, rising, with their draws. */
  readonly #bins = new Int32Array(256);
  readonly #binDraws = new Int32Array(256);
  readonly #binSeconds = new Int32Array(256);
  #weightMax = 1;
  #cells: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  #order: Int32Array = new Int32Array(0);
  #start = 0;
  #end = 0;
  #n = 0;
  #p = 0;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.#stride = table.stride;
    this.#width = table.stride >> 2;
    this.#binCounts = table.binCounts;
    this.#minLeaf = limits.minSamplesLeaf;
  }

  seal(words: Int32Array, row: number, weight: number): void {
    if (row === 0) this.#weightMax = 1;
    if (weight > this.#weightMax) this.#weightMax = weight;
    const at = (row + 1) * this.#width - 1;
    words[at] = weight + (words[at] === 1 ? weight << 16 : 0);
  }

  totals(block: RowBlock, into: Float64Array): void {
    let n = 0;
    let p = 0;
    for (let at = this.#width - 1, row = 0; row < block.rows; row++, at += this.#width) {
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
    this.#cells = block.cells;
    this.#words = block.words;
    this.#order = block.order;
    this.#start = start;
    this.#end = end;
    this.#p = totals[at + 1]!;
    this.#n = totals[at]! + this.#p;
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
    if (end - start > SORT_ROWS) return;
    for (let i = start, k = 0; i < end; i++, k++) {
      const row = this.#order[i]!;
      const word = this.#words[(row + 1) * this.#width - 1]!;
      this.#offsets[k] = row * this.#stride;
      this.#tags[k] = (word & WEIGHT_MAX) | (word >>> 16 === 0 ? 0 : 0x100);
    }
  }

  search(features: Int32Array, from: number, to: number): number {
    const rows = this.#end - this.#start;
    let varied = 0;
    if (rows <= MARK_ROWS) {
      for (let i = from; i < to; i++) {
        const feature = features[i]!;
        const bins = rows <= SORT_ROWS ? this.#sort(feature, rows) : this.#mark(feature);
        varied += this.#scan(feature, bins);
      }
      return varied;
    }
    for (let i = from; i < to; i += 4) {
      const count = Math.min(4, to - i);
      this.#count(features, i, count);
      for (let k = 0; k < count; k++) {
        const feature = features[i + k]!;
        varied += this.#scan(feature, this.#collect(feature, k * 256));
      }
    }
    return varied;
  }

  /** Bins of a small node, by an insertion sort of (bin, class, weight) in one integer. */
  #sort(feature: number, rows: number): number {
    const cells = this.#cells;
    const keys = this.#keys;
    for (let i = 0; i < rows; i++) {
      const key = (cells[this.#offsets[i]! + feature]! << 16) | this.#tags[i]!;
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
      const second = (key & 0x100) === 0 ? 0 : weight;
      if (bin !== last) {
        m++;
        last = bin;
        this.#bins[m] = bin;
        this.#binDraws[m] = weight;
        this.#binSeconds[m] = second;
      } else {
        this.#binDraws[m]! += weight;
        this.#binSeconds[m]! += second;
      }
    }
    return m + 1;
  }

  /** Bins of a middling node, by counting and a bitmap of the bins that were touched. */
  #mark(feature: number): number {
    const packed = this.#packed;
    const marks = this.#marks;
    const order = this.#order;
    for (let i = this.#start; i < this.#end; i++) {
      const row = order[i]!;
      const bin = this.#cells[row * this.#stride + feature]!;
      packed[bin]! += this.#words[(row + 1) * this.#width - 1]!;
      marks[bin >> 5]! |= 1 << (bin & 31);
    }
    let m = 0;
    for (let w = 0; w < 8; w++) {
      let mark = marks[w]!;
      marks[w] = 0;
      while (mark !== 0) {
        const bin = (w << 5) + 31 - Math.clz32(mark & -mark);
        const word = packed[bin]!;
        packed[bin] = 0;
        this.#bins[m] = bin;
        this.#binDraws[m] = word & HALF_MAX;
        this.#binSeconds[m++] = word >>> 16;
        mark &= mark - 1;
      }
    }
    return m;
  }

  /** Counts up to four features of a large node in one pass over its rows. */
  #count(features: Int32Array, from: number, count: number): void {
    if (this.#n <= HALF_MAX) {
      this.#countRows(features, from, count, this.#start, this.#end);
      return;
    }
    // So many rows cannot overflow half a word.
    const step = Math.floor(HALF_MAX / this.#weightMax);
    this.#draws.fill(0, 0, count * 256);
    this.#seconds.fill(0, 0, count * 256);
    for (let start = this.#start; start < this.#end; start += step) {
      this.#countRows(features, from, count, start, Math.min(start + step, this.#end));
      for (let b = 0; b < count * 256; b++) {
        const word = this.#packed[b]!;
        this.#packed[b] = 0;
        this.#draws[b]! += word & HALF_MAX;
        this.#seconds[b]! += word >>> 16;
      }
    }
  }

  #countRows(features: Int32Array, from: number, count: number, start: number, end: number): void {
    const cells = this.#cells;
    const words = this.#words;
    const order = this.#order;
    const packed = this.#packed;
    const stride = this.#stride;
    const width = this.#width;
    if (count < 4) {
      for (let k = 0; k < count; k++) {
        const feature = features[from + k]!;
        const base = k * 256;
        for (let i = start; i < end; i++) {
          const row = order[i]!;
          packed[base + cells[row * stride + feature]!]! += words[row * width + width - 1]!;
        }
      }
      return;
    }
    const a = features[from]!;
    const b = features[from + 1]!;
    const c = features[from + 2]!;
    const d = features[from + 3]!;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const at = row * stride;
      const word = words[row * width + width - 1]!;
      packed[cells[at + a]!]! += word;
      packed[256 + cells[at + b]!]! += word;
      packed[512 + cells[at + c]!]! += word;
      packed[768 + cells[at + d]!]! += word;
    }
  }

  /** Bins of a large node from its counts, which are empty again afterwards. */
  #collect(feature: number, base: number): number {
    const bins = this.#binCounts[feature]! + 1;
    let m = 0;
    if (this.#n > HALF_MAX) {
      for (let b = 0; b < bins; b++) {
        const draws = this.#draws[base + b]!;
        if (draws === 0) continue;
        this.#bins[m] = b;
        this.#binDraws[m] = draws;
        this.#binSeconds[m++] = this.#seconds[base + b]!;
      }
      return m;
    }
    const packed = this.#packed;
    for (let b = 0; b < bins; b++) {
      const word = packed[base + b]!;
      if (word === 0) continue;
      packed[base + b] = 0;
      this.#bins[m] = b;
      this.#binDraws[m] = word & HALF_MAX;
      this.#binSeconds[m++] = word >>> 16;
    }
    return m;
  }

  /** Tries all splits between the collected bins; 0 when the feature is constant, else 1. */
  #scan(feature: number, bins: number): number {
    if (bins < 2) return 0;
    const missing = this.#binCounts[feature]!;
    if (this.#bins[bins - 1] !== missing) {
      this.#scanFrom(feature, bins, 0, 0, false, -1);
      return 1;
    }
    const values = bins - 1;
    this.#scanFrom(feature, values, 0, 0, false, missing);
    if (values > 1) {
      this.#scanFrom(feature, values, this.#binDraws[values]!, this.#binSeconds[values]!, true, -1);
    }
    return 1;
  }

  /**
   * @param startDraws draws that stand left before the first bin (those with missing values)
   * @param after code of missing when it stands right, so that all values may go left; else -1
   */
  #scanFrom(
    feature: number,
    values: number,
    startDraws: number,
    startSeconds: number,
    missingLeft: boolean,
    after: number,
  ): void {
    const best = this.best;
    const draws = this.#binDraws;
    const seconds = this.#binSeconds;
    const minLeaf = this.#minLeaf;
    const n = this.#n;
    const p = this.#p;
    const last = after < 0 ? values - 1 : values;
    let score = best.score;
    let found = -1;
    let foundDraws = 0;
    let foundSeconds = 0;
    let nL = startDraws;
    let pL = startSeconds;
    for (let i = 0; i < last; i++) {
      nL += draws[i]!;
      pL += seconds[i]!;
      const nR = n - nL;
      if (nL < minLeaf) continue;
      if (nR < minLeaf) break;
      const pR = p - pL;
      const here = (pL * pL * nR + pR * pR * nL) / (nL * nR);
      if (here > score) {
        score = here;
        found = i;
        foundDraws = nL;
        foundSeconds = pL;
      }
    }
    if (found < 0) return;
    best.score = score;
    best.feature = feature;
    best.low = this.#bins[found]!;
    best.high = found + 1 < values ? this.#bins[found + 1]! : after;
    // A node that saw no missing value sends them, at prediction, where most of its draws went.
    const seen = missingLeft || after >= 0;
    best.missingLeft = seen ? missingLeft : foundDraws > n - foundDraws;
    best.left[0] = foundDraws - foundSeconds;
    best.left[1] = foundSeconds;
  }
}

export const giniOfTwo: SearchFactory = (table, limits) => new GiniOfTwo(table, limits);
