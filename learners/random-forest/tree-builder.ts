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
    if (this.#leafEnd + this.#width > this.#leaves.length) {
      const leaves = new Float64Array(this.#leaves.length * 2);
      leaves.set(this.#leaves);
      this.#leaves = leaves;
    }
    for (let k = 0; k < this.#width; k++) this.#leaves[this.#leafEnd++] = totals[at + k]!;
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
    if (this.#nodes === this.#feature.length) {
      const feature = new Uint16Array(this.#nodes * 2);
      const low = new Uint8Array(this.#nodes * 2);
      const high = new Uint8Array(this.#nodes * 2);
      feature.set(this.#feature);
      low.set(this.#low);
      high.set(this.#high);
      this.#feature = feature;
      this.#low = low;
      this.#high = high;
    }
    return this.#nodes++;
  }
}
