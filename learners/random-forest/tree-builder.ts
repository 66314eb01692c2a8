/**
 * Collects the nodes of a tree in pre-order, in arrays that grow.
 */
import { type GrownTree, LEAF, MISSING_LEFT } from './kernel.ts';
import type { BestSplit } from './split-search.ts';

export class TreeBuilder {
  readonly #width: number;
  #feature = new Uint16Array(1024);
  #low = new Uint8Array(1024);
  #high = new Uint8Array(1024);
  #leaves: Float64Array;
  #nodes = 0;
  #leafEnd = 0;

  /** @param width numbers a leaf */
  constructor(width: number) {
    this.#width = width;
    this.#leaves = new Float64Array(1024 * width);
  }

  /** Forgets a tree that was given up. */
  begin(): void {
    this.#nodes = 0;
    this.#leafEnd = 0;
  }

  inner(split: BestSplit): void {
    const node = this.#next();
    this.#feature[node] = split.feature | (split.missingLeft ? MISSING_LEFT : 0);
    this.#low[node] = split.low;
    this.#high[node] = split.high;
  }

  /** A leaf with `width` totals from `at`. */
  leaf(totals: Float64Array, at: number): void {
    const node = this.#next();
    this.#feature[node] = LEAF;
    this.#low[node] = 0;
    this.#high[node] = 0;
    if (this.#leafEnd + this.#width > this.#leaves.length) this.#growLeaves();
    for (let k = 0; k < this.#width; k++) this.#leaves[this.#leafEnd++] = totals[at + k]!;
  }

  /** Nodes that were written elsewhere, with the totals of the leaves among them. */
  append(feature: Uint16Array, low: Uint8Array, high: Uint8Array, leaves: Float64Array): void {
    while (this.#nodes + feature.length > this.#feature.length) this.#growNodes();
    this.#feature.set(feature, this.#nodes);
    this.#low.set(low, this.#nodes);
    this.#high.set(high, this.#nodes);
    this.#nodes += feature.length;
    while (this.#leafEnd + leaves.length > this.#leaves.length) this.#growLeaves();
    this.#leaves.set(leaves, this.#leafEnd);
    this.#leafEnd += leaves.length;
  }

  finish(): GrownTree {
    const nodes = this.#nodes;
    return {
      nodes,
      feature: this.#feature.slice(0, nodes),
      low: this.#low.slice(0, nodes),
      high: this.#high.slice(0, nodes),
      leaves: this.#leaves.slice(0, this.#leafEnd),
    };
  }

  #next(): number {
    if (this.#nodes === this.#feature.length) this.#growNodes();
    return this.#nodes++;
  }

  #growNodes(): void {
    const size = this.#feature.length * 2;
    const feature = new Uint16Array(size);
    const low = new Uint8Array(size);
    const high = new Uint8Array(size);
    feature.set(this.#feature);
    low.set(this.#low);
    high.set(this.#high);
    this.#feature = feature;
    this.#low = low;
    this.#high = high;
  }

  #growLeaves(): void {
    const leaves = new Float64Array(this.#leaves.length * 2);
    leaves.set(this.#leaves);
    this.#leaves = leaves;
  }
}
