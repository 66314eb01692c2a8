/**
 * Split search for any number of classes by Gini impurity.
 *
 * With c draws of each class among n, the impurity of two children falls as the sum of c^2 over
 * the classes, divided by n and summed over the children, rises; that is the score. The sums of
 * squares are kept up to date in exact integers while the split moves from bin to bin. With class
 * weights c and n are draws times weight; limits still count draws.
 */
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import type { RowBlock } from './row-blocks.ts';
import { noSplit, type SearchFactory, type SplitSearch } from './split-search.ts';

/** Nodes up to this size sort their rows by insertion. */
const INSERT_ROWS = 16;
/** Nodes up to so many rows a class sort their rows by bin: counts by bin and class would be sparse. */
const SORT_ROWS_A_CLASS = 16;

class GiniOfClasses implements SplitSearch {
  readonly width: number;
  readonly best;
  readonly #stride: number;
  readonly #width: number;
  readonly #binCounts: Uint16Array;
  readonly #minLeaf: number;
  /** Draws by bin and class of one feature. */
  readonly #counts: Int32Array;
  readonly #marks = new Int32Array(8);
  readonly #sortRows: number;
  /** Of a node that sorts: first cell and packed word of each row; then bins and words as sorted. */
  readonly #offsets: Int32Array;
  readonly #tags: Int32Array;
  readonly #sortedBins: Int32Array;
  readonly #sortedTags: Int32Array;
  readonly #slots = new Int32Array(257);
  /** Occupied bins of one feature, rising, with their draws by class. */
  readonly #bins = new Int32Array(256);
  readonly #binCountsOfClasses: Int32Array;
  readonly #weights: Uint32Array;
  /** Draws times weight of each class, in the node and left of the split. */
  readonly #totals: Float64Array;
  readonly #left: Float64Array;
  #cells: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  #order: Int32Array = new Int32Array(0);
  #start = 0;
  #end = 0;
  #n = 0;
  /** Draws times weight of all classes. */
  #heavy = 0;
  #squares = 0;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.width = table.classes;
    this.best = noSplit(table.classes);
    this.#stride = table.stride;
    this.#width = table.stride >> 2;
    this.#binCounts = table.binCounts;
    this.#minLeaf = limits.minSamplesLeaf;
    this.#sortRows = Math.max(INSERT_ROWS, SORT_ROWS_A_CLASS * table.classes);
    this.#offsets = new Int32Array(this.#sortRows);
    this.#tags = new Int32Array(this.#sortRows);
    this.#sortedBins = new Int32Array(this.#sortRows);
    this.#sortedTags = new Int32Array(this.#sortRows);
    this.#counts = new Int32Array(256 * table.classes);
    this.#binCountsOfClasses = new Int32Array(256 * table.classes);
    this.#weights = table.classWeights ?? new Uint32Array(table.classes).fill(1);
    this.#totals = new Float64Array(table.classes);
    this.#left = new Float64Array(table.classes);
  }

  seal(words: Int32Array, row: number, weight: number): void {
    const at = (row + 1) * this.#width - 1;
    words[at] = (words[at]! << 8) | weight;
  }

  totals(block: RowBlock, into: Float64Array): void {
    into.fill(0, 0, this.width);
    for (let at = this.#width - 1, row = 0; row < block.rows; row++, at += this.#width) {
      const word = block.words[at]!;
      into[word >>> 8]! += word & 0xff;
    }
  }

  pure(totals: Float64Array, at: number): boolean {
    let present = 0;
    for (let c = 0; c < this.width; c++) present += totals[at + c]! > 0 ? 1 : 0;
    return present < 2;
  }

  draws(totals: Float64Array, at: number): number {
    let sum = 0;
    for (let c = 0; c < this.width; c++) sum += totals[at + c]!;
    return sum;
  }

  begin(block: RowBlock, start: number, end: number, totals: Float64Array, at: number): void {
    this.#cells = block.cells;
    this.#words = block.words;
    this.#order = block.order;
    this.#start = start;
    this.#end = end;
    this.#n = 0;
    this.#heavy = 0;
    this.#squares = 0;
    for (let c = 0; c < this.width; c++) {
      const count = totals[at + c]!;
      const heavy = count * this.#weights[c]!;
      this.#totals[c] = heavy;
      this.#n += count;
      this.#heavy += heavy;
      this.#squares += heavy * heavy;
    }
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
    if (end - start > this.#sortRows) return;
    for (let i = start, k = 0; i < end; i++, k++) {
      const row = this.#order[i]!;
      this.#offsets[k] = row * this.#stride;
      this.#tags[k] = this.#words[(row + 1) * this.#width - 1]!;
    }
  }

  search(features: Int32Array, from: number, to: number): number {
    const rows = this.#end - this.#start;
    let varied = 0;
    // No later candidate beats a split that leaves both children pure, whose score is n.
    for (let i = from; i < to && this.best.score < this.#heavy; i++) {
      const feature = features[i]!;
      varied +=
        rows <= this.#sortRows
          ? this.#scanSorted(feature, rows)
          : this.#scan(feature, this.#count(feature));
    }
    return varied;
  }

  /** Sorts the rows by bin; false when all are in one. */
  #sort(feature: number, rows: number): boolean {
    const cells = this.#cells;
    const offsets = this.#offsets;
    const first = cells[offsets[0]! + feature]!;
    let same = 1;
    while (same < rows && cells[offsets[same]! + feature] === first) same++;
    if (same === rows) return false;
    if (rows <= INSERT_ROWS) this.#insert(feature, rows);
    else this.#distribute(feature, rows);
    return true;
  }

  #insert(feature: number, rows: number): void {
    const bins = this.#sortedBins;
    const tags = this.#sortedTags;
    for (let i = 0; i < rows; i++) {
      const bin = this.#cells[this.#offsets[i]! + feature]!;
      let j = i;
      while (j > 0 && bins[j - 1]! > bin) {
        bins[j] = bins[j - 1]!;
        tags[j] = tags[j - 1]!;
        j--;
      }
      bins[j] = bin;
      tags[j] = this.#tags[i]!;
    }
  }

  /** Counting sort. */
  #distribute(feature: number, rows: number): void {
    const cells = this.#cells;
    const slots = this.#slots.fill(0);
    const offsets = this.#offsets;
    for (let i = 0; i < rows; i++) slots[cells[offsets[i]! + feature]! + 1]!++;
    const codes = this.#binCounts[feature]! + 1;
    for (let b = 1; b < codes; b++) slots[b]! += slots[b - 1]!;
    for (let i = 0; i < rows; i++) {
      const bin = cells[offsets[i]! + feature]!;
      const to = slots[bin]!++;
      this.#sortedBins[to] = bin;
      this.#sortedTags[to] = this.#tags[i]!;
    }
  }

  /** Tries all splits of a node's sorted rows; 0 when the feature is constant, else 1. */
  #scanSorted(feature: number, rows: number): number {
    if (!this.#sort(feature, rows)) return 0;
    const missing = this.#binCounts[feature]!;
    let values = rows;
    while (values > 0 && this.#sortedBins[values - 1] === missing) values--;
    this.#scanRows(feature, values, rows, false);
    if (values < rows) this.#scanRows(feature, values, rows, true);
    return 1;
  }

  /**
   * @param values rows with a value; those up to `rows`, with missing ones, stand on one side
   */
  #scanRows(feature: number, values: number, rows: number, missingLeft: boolean): void {
    const { best } = this;
    const bins = this.#sortedBins;
    const left = this.#left.fill(0);
    const seen = values < rows;
    const last = seen && !missingLeft ? values : values - 1;
    let nL = 0;
    let heavyL = 0;
    let squaresL = 0;
    let squaresR = this.#squares;
    let found = -1;
    for (let k = missingLeft ? values - rows : 0; k < last; k++) {
      // The missing rows come first when they stand left.
      const i = k < 0 ? rows + k : k;
      const tag = this.#sortedTags[i]!;
      const c = tag >>> 8;
      const weight = tag & 0xff;
      const heavy = weight * this.#weights[c]!;
      const had = left[c]!;
      squaresL += heavy * (2 * had + heavy);
      squaresR -= heavy * (2 * (this.#totals[c]! - had) - heavy);
      left[c] = had + heavy;
      nL += weight;
      heavyL += heavy;
      if (k < 0 || (i + 1 < values && bins[i + 1] === bins[i])) continue;
      const nR = this.#n - nL;
      if (nL < this.#minLeaf || nR < this.#minLeaf) continue;
      const score = squaresL / heavyL + squaresR / (this.#heavy - heavyL);
      if (score <= best.score) continue;
      best.score = score;
      best.missingLeft = seen ? missingLeft : nL > nR;
      found = i;
    }
    if (found < 0) return;
    best.feature = feature;
    best.low = bins[found]!;
    best.high = bins[found + 1]!;
    best.left.fill(0);
    for (let i = 0; i <= found; i++) this.#addLeft(i);
    if (missingLeft) for (let i = values; i < rows; i++) this.#addLeft(i);
  }

  #addLeft(i: number): void {
    const tag = this.#sortedTags[i]!;
    this.best.left[tag >>> 8]! += tag & 0xff;
  }

  /** Bins of a larger node, by counting and a bitmap of the bins that were touched. */
  #count(feature: number): number {
    if (this.#constant(feature)) return 1;
    const few = this.#binCounts[feature]! < 32;
    if (few) this.#marks[0] = this.#countFew(feature);
    else this.#countMany(feature);
    const { width: classes } = this;
    const counts = this.#counts;
    const found = this.#binCountsOfClasses;
    let m = 0;
    for (let w = 0; w < (few ? 1 : 8); w++) {
      let mark = this.#marks[w]!;
      this.#marks[w] = 0;
      while (mark !== 0) {
        const bin = (w << 5) + 31 - Math.clz32(mark & -mark);
        mark &= mark - 1;
        for (let c = 0; c < classes; c++) {
          found[m * classes + c] = counts[bin * classes + c]!;
          counts[bin * classes + c] = 0;
        }
        this.#bins[m++] = bin;
      }
    }
    return m;
  }

  /** Whether all rows of the node have one code; cheap where they have not, and often so deep down. */
  #constant(feature: number): boolean {
    const order = this.#order;
    const cells = this.#cells;
    const stride = this.#stride;
    const first = cells[order[this.#start]! * stride + feature]!;
    for (let i = this.#start + 1; i < this.#end; i++) {
      if (cells[order[i]! * stride + feature] !== first) return false;
    }
    return true;
  }

  /** Counts a feature of at most 32 codes; returns the bitmap of those touched. */
  #countFew(feature: number): number {
    const counts = this.#counts;
    const order = this.#order;
    const cells = this.#cells;
    const words = this.#words;
    const stride = this.#stride;
    const classes = this.width;
    let marks = 0;
    for (let i = this.#start; i < this.#end; i++) {
      const at = order[i]! * stride;
      const bin = cells[at + feature]!;
      const word = words[(at + stride - 4) >> 2]!;
      counts[bin * classes + (word >>> 8)]! += word & 0xff;
      marks |= 1 << bin;
    }
    return marks;
  }

  #countMany(feature: number): void {
    const counts = this.#counts;
    const marks = this.#marks;
    const order = this.#order;
    const cells = this.#cells;
    const words = this.#words;
    const stride = this.#stride;
    const classes = this.width;
    for (let i = this.#start; i < this.#end; i++) {
      const at = order[i]! * stride;
      const bin = cells[at + feature]!;
      const word = words[(at + stride - 4) >> 2]!;
      counts[bin * classes + (word >>> 8)]! += word & 0xff;
      marks[bin >> 5]! |= 1 << (bin & 31);
    }
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
    const { best, width: classes } = this;
    const left = this.#left.fill(0);
    const n = this.#n;
    const last = after < 0 ? values - 1 : values;
    let nL = 0;
    let heavyL = 0;
    let squaresL = 0;
    let squaresR = this.#squares;
    for (let i = before < 0 ? 0 : -1; i < last; i++) {
      const from = (i < 0 ? before : i) * classes;
      for (let c = 0; c < classes; c++) {
        const count = this.#binCountsOfClasses[from + c]!;
        if (count === 0) continue;
        const heavy = count * this.#weights[c]!;
        const had = left[c]!;
        squaresL += heavy * (2 * had + heavy);
        squaresR -= heavy * (2 * (this.#totals[c]! - had) - heavy);
        left[c] = had + heavy;
        nL += count;
        heavyL += heavy;
      }
      const nR = n - nL;
      if (i < 0 || nL < this.#minLeaf) continue;
      if (nR < this.#minLeaf) break;
      const score = squaresL / heavyL + squaresR / (this.#heavy - heavyL);
      if (score <= best.score) continue;
      best.score = score;
      best.feature = feature;
      best.low = this.#bins[i]!;
      best.high = i + 1 < values ? this.#bins[i + 1]! : after;
      // A node that saw no missing value sends them, at prediction, where most of its draws went.
      best.missingLeft = before >= 0 || (after < 0 && nL > nR);
      for (let c = 0; c < classes; c++) best.left[c] = left[c]! / this.#weights[c]!;
    }
  }
}

export const giniOfClasses: SearchFactory = (table, limits) => new GiniOfClasses(table, limits);
