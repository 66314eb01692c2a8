/**
 * Finds the best split of a node from its histogram.
 *
 * The gain is that of XGBoost (Chen and Guestrin 2016): how much the second-order loss falls, with
 * L1 and L2 penalties. Missing values go to the side where they gain most; categories are sorted by
 * gradient over hessian and cut as if that were an order (Fisher 1958). Ties go to the first feature
 * and the lowest bin. Sums are of whole levels; only the score is a floating number.
 */
import { type ColumnBins, midway } from '../../datasets/quantile-bins.ts';
import { MISSING_LEFT, SET_WORDS, UNORDERED } from './bin-tree.ts';
import type { BoostingTask } from './boosting-task.ts';
import type { Histogram, HistogramShape } from './histograms.ts';

/** LightGBM's `cat_smooth` and `cat_l2`: rare categories must not look extreme. */
const CATEGORY_SMOOTHING = 10;
const CATEGORY_L2 = 10;
/** A gain below this share of the scores is the noise of floating sums. */
const NOISE = 1e-10;

export interface Split {
  /** Feature with its flags. */
  readonly code: number;
  readonly cut: number;
  /** Bins that go left; null where the cut says it. */
  readonly set: Uint32Array | null;
  readonly gain: number;
  /** Hessian levels of either side. */
  readonly leftWeight: number;
  readonly rightWeight: number;
  /** Best values of the children, within the node's bounds. */
  readonly leftValue: number;
  readonly rightValue: number;
}

/** What levels are worth, in this step. */
export interface Scales {
  readonly gradient: number;
  readonly hessian: number;
}

/** Bounds of a node's value. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export const unbounded: Range = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
};

/** The best value of a leaf. */
export function leafValue(
  g: number,
  h: number,
  { l1, l2 }: { readonly l1: number; readonly l2: number },
  { low, high }: Range,
): number {
  const pull = g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
  const value = h + l2 > 0 ? -pull / (h + l2) : 0;
  return Math.min(high, Math.max(low, value));
}

export class SplitFinder {
  readonly #task: BoostingTask;
  readonly #shape: HistogramShape;
  readonly #bins: readonly ColumnBins[];
  readonly #scales: Scales;
  /** Whether leaf values have to be worked out for a score. */
  readonly #plain: boolean;
  // Of the node that is looked at.
  #node: Histogram = { rows: 0, gradients: new Int32Array(0), hessians: new Int32Array(0) };
  #range: Range = unbounded;
  #g = 0;
  #h = 0;
  #leastLevels = 0;
  // The best split so far, in levels.
  #score = 0;
  #feature = -1;
  #low = 0;
  #missingLeft = false;
  #set: Uint32Array | null = null;
  #leftG = 0;
  #leftH = 0;

  constructor(
    task: BoostingTask,
    shape: HistogramShape,
    bins: readonly ColumnBins[],
    scales: Scales,
  ) {
    this.#task = task;
    this.#shape = shape;
    this.#bins = bins;
    this.#scales = scales;
    this.#plain = task.params.l1 === 0 && !task.constrained;
  }

  /** @param allowed features that may be used. @returns null where no split is worth it */
  find(node: Histogram, range: Range, allowed: readonly number[]): Split | null {
    const { params, unordered } = this.#task;
    this.#node = node;
    this.#range = range;
    this.#sumNode();
    if (this.#h <= 0) return null;
    const byRows = (params.minLeaf * this.#h) / Math.max(1, node.rows);
    this.#leastLevels = Math.max(byRows, params.minChildWeight / this.#scales.hessian);
    const before = this.#scoreOf(this.#g, this.#h, 0);
    const least = before + Math.max(params.minGain, NOISE * Math.abs(before));
    this.#score = least;
    this.#feature = -1;
    for (const f of allowed) {
      if (unordered[f]) this.#searchSets(f);
      else this.#searchCuts(f);
    }
    return this.#feature < 0 ? null : this.#found(before);
  }

  #sumNode(): void {
    const { gradients, hessians } = this.#node;
    const end = this.#shape.places[1]!;
    this.#g = 0;
    this.#h = 0;
    for (let i = 0; i < end; i++) {
      this.#g += gradients[i]!;
      this.#h += hessians[i]!;
    }
  }

  /** Score of a side: how far its best value lowers the loss, twice over. */
  #scoreOf(levelsG: number, levelsH: number, extraL2: number): number {
    const g = levelsG * this.#scales.gradient;
    const h = levelsH * this.#scales.hessian;
    const l2 = this.#task.params.l2 + extraL2;
    if (this.#plain) return h + l2 > 0 ? (g * g) / (h + l2) : 0;
    const { l1 } = this.#task.params;
    const value = leafValue(g, h, { l1, l2 }, this.#range);
    return -(2 * g * value + (h + l2) * value * value + 2 * l1 * Math.abs(value));
  }

  #searchCuts(f: number): void {
    const { places } = this.#shape;
    const first = places[f]!;
    const missing = places[f + 1]! - 1;
    const g = this.#node.gradients[missing]!;
    const h = this.#node.hessians[missing]!;
    this.#scan(f, first, missing, 0, 0, false);
    if (g !== 0 || h !== 0) this.#scan(f, first, missing - 1, g, h, true);
  }

  /**
   * Tries to cut after each occupied bin from `first` to before `end`.
   * @param g levels that stand left of the first bin, with `h`
   */
  #scan(f: number, first: number, end: number, g: number, h: number, missingLeft: boolean): void {
    const { gradients, hessians } = this.#node;
    const sign = this.#task.monotone[f]!;
    const plain = this.#plain;
    const { gradient, hessian } = this.#scales;
    const { l2 } = this.#task.params;
    const [allG, allH] = [this.#g, this.#h];
    // Something on either side, and as much as a child must have.
    const least = Math.max(this.#leastLevels, 1);
    let leftG = g;
    let leftH = h;
    for (let i = first; i < end; i++) {
      const hereG = gradients[i]!;
      const hereH = hessians[i]!;
      if ((hereG | hereH) === 0) continue;
      leftG += hereG;
      leftH += hereH;
      const rightH = allH - leftH;
      if (leftH < least) continue;
      if (rightH < least) break;
      let score = 0;
      if (plain) {
        const a = leftG * gradient;
        const b = (allG - leftG) * gradient;
        score = (a * a) / (leftH * hessian + l2) + (b * b) / (rightH * hessian + l2);
      } else {
        score = this.#scoreOf(leftG, leftH, 0) + this.#scoreOf(allG - leftG, rightH, 0);
      }
      if (score <= this.#score) continue;
      if (sign !== 0 && !this.#rises(sign, leftG, leftH)) continue;
      this.#keep(score, f, i - first, leftG, leftH);
      this.#missingLeft = missingLeft;
      this.#set = null;
    }
  }

  #rises(sign: number, leftG: number, leftH: number): boolean {
    const left = this.#valueOf(leftG, leftH);
    const right = this.#valueOf(this.#g - leftG, this.#h - leftH);
    return sign > 0 ? left <= right : left >= right;
  }

  #valueOf(levelsG: number, levelsH: number): number {
    const { gradient, hessian } = this.#scales;
    return leafValue(levelsG * gradient, levelsH * hessian, this.#task.params, this.#range);
  }

  /** Missing is a category like any other here. */
  #searchSets(f: number): void {
    const { places } = this.#shape;
    const { gradients, hessians } = this.#node;
    const first = places[f]!;
    const occupied: number[] = [];
    for (let i = first; i < places[f + 1]!; i++) {
      if (gradients[i] !== 0 || hessians[i] !== 0) occupied.push(i);
    }
    const { gradient, hessian } = this.#scales;
    const ratio = (i: number) =>
      (gradients[i]! * gradient) / (hessians[i]! * hessian + CATEGORY_SMOOTHING);
    const ratios = new Map(occupied.map((i) => [i, ratio(i)]));
    occupied.sort((a, b) => ratios.get(a)! - ratios.get(b)! || a - b);
    let [leftG, leftH, best] = [0, 0, -1];
    for (let n = 0; n + 1 < occupied.length; n++) {
      leftG += gradients[occupied[n]!]!;
      leftH += hessians[occupied[n]!]!;
      const rightH = this.#h - leftH;
      if (leftH < this.#leastLevels || leftH <= 0) continue;
      if (rightH < this.#leastLevels || rightH <= 0) break;
      const score =
        this.#scoreOf(leftG, leftH, CATEGORY_L2) +
        this.#scoreOf(this.#g - leftG, rightH, CATEGORY_L2);
      if (score <= this.#score) continue;
      this.#keep(score, f, 0, leftG, leftH);
      best = n;
    }
    if (best < 0) return;
    // Bins that the node has not seen go where most of it went.
    const others = 2 * this.#leftH > this.#h;
    const set = new Uint32Array(SET_WORDS).fill(others ? 0xffffffff : 0);
    occupied.forEach((place, n) => {
      const bin = place - first;
      const bit = (1 << (bin & 31)) >>> 0;
      if (n <= best) set[bin >> 5]! |= bit;
      else set[bin >> 5]! &= ~bit;
    });
    this.#set = set;
  }

  #keep(score: number, feature: number, low: number, leftG: number, leftH: number): void {
    this.#score = score;
    this.#feature = feature;
    this.#low = low;
    this.#leftG = leftG;
    this.#leftH = leftH;
  }

  #found(before: number): Split {
    const f = this.#feature;
    const rightH = this.#h - this.#leftH;
    return {
      code: f | this.#flags(rightH),
      cut: this.#set === null ? this.#cut(f) : 0,
      set: this.#set,
      gain: this.#score - before,
      leftWeight: this.#leftH,
      rightWeight: rightH,
      leftValue: this.#valueOf(this.#leftG, this.#leftH),
      rightValue: this.#valueOf(this.#g - this.#leftG, rightH),
    };
  }

  #flags(rightH: number): number {
    if (this.#set !== null) return UNORDERED;
    const { gradients, hessians } = this.#node;
    const place = this.#shape.places[this.#feature + 1]! - 1;
    const seen = gradients[place] !== 0 || hessians[place] !== 0;
    // A node that saw no missing value sends them where most of its rows went.
    return (seen ? this.#missingLeft : this.#leftH > rightH) ? MISSING_LEFT : 0;
  }

  /**
   * The edge between bins that lies nearest to the middle of the two occupied bins: thresholds are
   * edges, so that binned rows and raw values take the same way.
   */
  #cut(f: number): number {
    const { gradients, hessians } = this.#node;
    const first = this.#shape.places[f]!;
    const { count, upper, lower, edges } = this.#bins[f]!;
    let high = this.#low + 1;
    while (high < count && gradients[first + high] === 0 && hessians[first + high] === 0) high++;
    if (high >= count) return count - 1;
    const middle = midway(upper[this.#low]!, lower[high]!);
    let cut = this.#low;
    for (let c = cut + 1; c < high; c++) {
      if (Math.abs(edges[c]! - middle) < Math.abs(edges[cut]! - middle)) cut = c;
    }
    return cut;
  }
}
