/**
 * The plain TypeScript kernel: grows one tree at a time, depth first, over nested row blocks.
 *
 * The tree depends on the table, the limits and the seed: each node's draw of features is keyed by
 * its path from the root, and all sums are integers, so no order of work can change a bit of it.
 */
import { hash32, mix32 } from '../random.ts';
import { FeatureDraw } from './feature-draw.ts';
import { giniOfClasses } from './gini-of-classes.ts';
import { giniOfTwo } from './gini-of-two.ts';
import type { BinnedRows, GrownTree, GrowthLimits, KernelFactory, TreeKernel } from './kernel.ts';
import { randomCuts } from './random-cuts.ts';
import { fillRoot } from './root-rows.ts';
import { RowBlocks } from './row-blocks.ts';
import { type SplitSearch, searchNode } from './split-search.ts';
import { TreeBuilder } from './tree-builder.ts';
import { ROOT } from './tree-seeds.ts';
import { varianceSearch } from './variance-search.ts';

/** Nodes between two ticks. */
const TICK_NODES = 256;

/** A stacked node: block level, first and last position, depth, seed. */
const FRAME = 5;

class TreeGrower implements TreeKernel {
  readonly #table: BinnedRows;
  readonly #limits: GrowthLimits;
  readonly #search: SplitSearch;
  readonly #blocks: RowBlocks;
  readonly #draw: FeatureDraw;
  readonly #builder: TreeBuilder;
  #frames = new Int32Array(64 * FRAME);
  #totals: Float64Array;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#search = searchFor(table, limits);
    this.#blocks = new RowBlocks(table.stride);
    this.#draw = new FeatureDraw(table.features);
    this.#builder = new TreeBuilder(this.#search.width);
    this.#totals = new Float64Array(64 * this.#search.width);
  }

  grow(seed: number, tick: () => void): GrownTree {
    this.#builder.begin();
    const rows = fillRoot(this.#table, this.#limits, this.#blocks, this.#search, seed);
    let depth = this.#push(0, 0, 0, rows, 0, hash32(seed, ROOT));
    this.#search.totals(this.#blocks.at(0), this.#totals);
    for (let nodes = 0; depth > 0; nodes++) {
      if (nodes % TICK_NODES === 0) tick();
      depth = this.#growNode(depth - 1);
    }
    return this.#builder.finish();
  }

  /** Takes the node at the top of the stack, writes it, and stacks its children. */
  #growNode(top: number): number {
    const search = this.#search;
    const { width, best } = search;
    const frame = top * FRAME;
    let level = this.#frames[frame]!;
    let start = this.#frames[frame + 1]!;
    let end = this.#frames[frame + 2]!;
    const depth = this.#frames[frame + 3]!;
    const seed = this.#frames[frame + 4]! >>> 0;
    const at = top * width;
    const small = search.draws(this.#totals, at) < this.#limits.minSamplesSplit;
    const closed = small || end - start < 2 || depth >= this.#limits.maxDepth;
    if (closed || search.pure(this.#totals, at)) {
      this.#builder.leaf(this.#totals, at);
      return top;
    }
    let block = this.#blocks.at(level);
    if (this.#blocks.worthCopy(block, end - start)) {
      block = this.#blocks.copy(block, start, end);
      level = block.level;
      end -= start;
      start = 0;
    }
    search.begin(block, start, end, this.#totals, at, seed);
    searchNode(search, this.#draw, this.#table.features, this.#limits, seed);
    if (best.feature < 0) {
      this.#builder.leaf(this.#totals, at);
      return top;
    }
    this.#builder.inner(best);
    const { feature, low, left } = best;
    const missing = best.missingLeft ? this.#table.binCounts[feature]! : -1;
    const middle = this.#blocks.split(block, start, end, feature, low, missing);
    // The right child takes this node's place, the left one stands on top of it and comes first.
    this.#push(top, level, middle, end, depth + 1, mix32(seed ^ 0x68bc21eb));
    const after = this.#push(top + 1, level, start, middle, depth + 1, mix32(seed ^ 0x02e5be93));
    const totals = this.#totals;
    for (let k = 0; k < width; k++) {
      totals[at + width + k] = left[k]!;
      totals[at + k]! -= left[k]!;
    }
    return after;
  }

  #push(
    at: number,
    level: number,
    start: number,
    end: number,
    depth: number,
    seed: number,
  ): number {
    const frame = at * FRAME;
    if (frame + FRAME > this.#frames.length) {
      const frames = new Int32Array(this.#frames.length * 2);
      frames.set(this.#frames);
      this.#frames = frames;
      const totals = new Float64Array(this.#totals.length * 2);
      totals.set(this.#totals);
      this.#totals = totals;
    }
    this.#frames[frame] = level;
    this.#frames[frame + 1] = start;
    this.#frames[frame + 2] = end;
    this.#frames[frame + 3] = depth;
    this.#frames[frame + 4] = seed;
    return at + 1;
  }
}

export function searchFor(table: BinnedRows, limits: GrowthLimits): SplitSearch {
  if (limits.randomCuts) return randomCuts(table, limits);
  if (table.classes === 0) return varianceSearch(table, limits);
  const weighted = table.classWeights !== undefined;
  return table.classes === 2 && !weighted ? giniOfTwo(table, limits) : giniOfClasses(table, limits);
}

export const growInTypeScript: KernelFactory = (table, limits) => new TreeGrower(table, limits);
