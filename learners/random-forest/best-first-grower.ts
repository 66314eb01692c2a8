/**
 * Grows a tree of limited leaves: of all nodes that could be split it splits the one whose best
 * split lowers impurity most, the earlier found among equals, until there are leaves enough.
 *
 * Splits are those of the depth-first grower, keyed by path, so without the limit both would grow
 * the same tree.
 */
import { hash32, mix32 } from '../random.ts';
import { FeatureDraw } from './feature-draw.ts';
import { impurityFall } from './impurity.ts';
import type { BinnedRows, GrownTree, GrowthLimits, KernelFactory, TreeKernel } from './kernel.ts';
import { fillRoot } from './root-rows.ts';
import { RowBlocks } from './row-blocks.ts';
import { type BestSplit, type SplitSearch, searchNode } from './split-search.ts';
import { TreeBuilder } from './tree-builder.ts';
import { searchFor } from './tree-grower.ts';
import { ROOT } from './tree-seeds.ts';

interface Node {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly seed: number;
  readonly totals: Float64Array;
  /** The best split, where there is one. */
  readonly split: BestSplit | null;
  /** How much the split lowers impurity. */
  readonly fall: number;
  /** Once it is split. */
  children: readonly [Node, Node] | null;
}

class BestFirstGrower implements TreeKernel {
  readonly #table: BinnedRows;
  readonly #limits: GrowthLimits;
  readonly #search: SplitSearch;
  readonly #blocks: RowBlocks;
  readonly #draw: FeatureDraw;

  constructor(table: BinnedRows, limits: GrowthLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#search = searchFor(table, limits);
    this.#blocks = new RowBlocks(table.stride);
    this.#draw = new FeatureDraw(table.features);
  }

  grow(seed: number, tick: () => void): GrownTree {
    tick();
    const rows = fillRoot(this.#table, this.#limits, this.#blocks, this.#search, seed);
    const totals = new Float64Array(this.#search.width);
    this.#search.totals(this.#blocks.at(0), totals);
    const root = this.#node(0, rows, 0, hash32(seed, ROOT), totals);
    const open = new NodeHeap();
    open.push(root);
    for (let leaves = 1; leaves < this.#limits.maxLeaves; leaves++) {
      tick();
      const node = open.pop();
      if (node?.split == null) break;
      node.children = this.#part(node, node.split);
      for (const child of node.children) if (child.split !== null) open.push(child);
    }
    const builder = new TreeBuilder(this.#search.width);
    write(root, builder);
    return builder.finish();
  }

  /** A node of rows start..end of the block's order, with its best split. */
  #node(start: number, end: number, depth: number, seed: number, totals: Float64Array): Node {
    const search = this.#search;
    const { minSamplesSplit, maxDepth } = this.#limits;
    const leaf = { start, end, depth, seed, totals, split: null, fall: 0, children: null };
    const small = search.draws(totals, 0) < minSamplesSplit || end - start < 2;
    if (small || depth >= maxDepth || search.pure(totals, 0)) return leaf;
    search.begin(this.#blocks.at(0), start, end, totals, 0, seed);
    searchNode(search, this.#draw, this.#table.features, this.#limits, seed);
    if (search.best.feature < 0) return leaf;
    const split = { ...search.best, left: search.best.left.slice() };
    return { ...leaf, split, fall: impurityFall(this.#table, totals, 0, split.left, 0) };
  }

  #part(node: Node, split: BestSplit): [Node, Node] {
    const { start, end, depth, seed, totals } = node;
    const { feature, low, left, missingLeft } = split;
    const missing = missingLeft ? this.#table.binCounts[feature]! : -1;
    const middle = this.#blocks.split(this.#blocks.at(0), start, end, feature, low, missing);
    const right = totals.map((sum, k) => sum - left[k]!);
    return [
      this.#node(start, middle, depth + 1, mix32(seed ^ 0x02e5be93), left),
      this.#node(middle, end, depth + 1, mix32(seed ^ 0x68bc21eb), right),
    ];
  }
}

/** Writes the nodes in pre-order; a list of what is still to come, as a tree may be deep. */
function write(root: Node, builder: TreeBuilder): void {
  const todo: Node[] = [root];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (node.children === null || node.split === null) {
      builder.leaf(node.totals, 0);
      continue;
    }
    builder.inner(node.split);
    todo.push(node.children[1], node.children[0]);
  }
}

/** Nodes by falling impurity, the first added of equals first. */
class NodeHeap {
  readonly #items: { readonly node: Node; readonly order: number }[] = [];
  #added = 0;

  push(node: Node): void {
    const items = this.#items;
    items.push({ node, order: this.#added++ });
    for (let at = items.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Node | undefined {
    const items = this.#items;
    if (items.length === 0) return undefined;
    this.#swap(0, items.length - 1);
    const first = items.pop();
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && this.#before(child, least)) least = child;
      }
      if (least === at) break;
      this.#swap(at, least);
      at = least;
    }
    return first?.node;
  }

  #before(i: number, j: number): boolean {
    const a = this.#items[i]!;
    const b = this.#items[j]!;
    return a.node.fall > b.node.fall || (a.node.fall === b.node.fall && a.order < b.order);
  }

  #swap(i: number, j: number): void {
    const kept = this.#items[i]!;
    this.#items[i] = this.#items[j]!;
    this.#items[j] = kept;
  }
}

export const growBestFirst: KernelFactory = (table, limits) => new BestFirstGrower(table, limits);
