/**
 * The out-of-bag score: what the trees that did not draw a row say about it (Breiman 2001).
 *
 * Up to 16,384 rows are asked about, the same in every task. What trees say is summed in integers,
 * so the score is the same however trees are grouped into tasks.
 */
import type { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { ModelError } from '../errors.ts';
import { hash32 } from '../random.ts';
import { weighLeaves } from './class-weights.ts';
import { type BinnedRows, FEATURE, type GrownTree, LEAF, MISSING_LEFT } from './kernel.ts';

const ROWS_MAX = 16_384;
/** A probability of 1; times 100,000 trees it fits 32 bits. */
const WHOLE = 2 ** 12;
/** Keys the choice of rows. */
const CHOICE = 4;

export interface OutOfBagScore {
  /** Rows that at least one tree did not draw. */
  readonly rows: number;
  /** Accuracy, or R2; null where it does not exist. */
  readonly score: number | null;
}

/** Sums over trees for some rows; parts of one forest are added up. */
export class OutOfBag {
  readonly #classes: number;
  /** Class or fixed-point target of each row. */
  readonly #targets: Uint32Array;
  /** Trees that did not draw the row. */
  readonly #trees: Uint32Array;
  /** Summed probabilities of each class, or summed fixed-point values. */
  readonly #votes: Float64Array;

  private constructor(
    classes: number,
    targets: Uint32Array,
    trees: Uint32Array,
    votes: Float64Array,
  ) {
    this.#classes = classes;
    this.#targets = targets;
    this.#trees = trees;
    this.#votes = votes;
  }

  static of(table: BinnedRows): OutOfBag {
    const rows = askedRows(table.rows);
    const words = new Int32Array(table.cells.buffer, table.cells.byteOffset);
    const back = table.classes === 0 ? 2 : 1;
    const targets = Uint32Array.from(rows, (row) => words[((row + 1) * table.stride) / 4 - back]!);
    const votes = new Float64Array(rows.length * Math.max(1, table.classes));
    return new OutOfBag(table.classes, targets, new Uint32Array(rows.length), votes);
  }

  /** Adds what a tree says about the rows that its bag left out. */
  add(tree: GrownTree, table: BinnedRows, bag: Uint8Array): void {
    const rights = rightsOf(tree);
    const leafOf = numberLeaves(tree);
    const leaves = weighLeaves(tree.leaves, table.classWeights);
    askedRows(table.rows).forEach((row, i) => {
      if (bag[row]! > 0) return;
      const leaf = leafOf[walk(tree, rights, table, row)]!;
      this.#trees[i]! += 1;
      if (this.#classes === 0) {
        this.#votes[i]! += Math.round(leaves[2 * leaf + 1]! / leaves[2 * leaf]!);
        return;
      }
      let sum = 0;
      for (let c = 0; c < this.#classes; c++) sum += leaves[leaf * this.#classes + c]!;
      for (let c = 0; c < this.#classes; c++) {
        const share = leaves[leaf * this.#classes + c]! / sum;
        this.#votes[i * this.#classes + c]! += Math.round(share * WHOLE);
      }
    });
  }

  write(writer: CanonicalWriter): void {
    writer.u32s(this.#targets).u32s(this.#trees).f64s(this.#votes);
  }

  /** @throws ModelError when the sums are not of one shape */
  static read(reader: CanonicalReader, classes: number): OutOfBag {
    const targets = reader.u32s();
    const trees = reader.u32s();
    const votes = reader.f64s();
    const wanted = targets.length * Math.max(1, classes);
    if (trees.length !== targets.length || votes.length !== wanted) {
      throw new ModelError(
        `out-of-bag sums of ${targets.length} rows have ${trees.length} counts and ${votes.length} votes, ${wanted} are expected`,
      );
    }
    return new OutOfBag(classes, targets, trees, votes);
  }

  /** @throws ModelError when the other part asked about other rows */
  merge(other: OutOfBag): void {
    if (other.#targets.some((target, i) => target !== this.#targets[i])) {
      throw new ModelError('parts of one forest were scored out of bag on other rows');
    }
    for (let i = 0; i < this.#trees.length; i++) this.#trees[i]! += other.#trees[i]!;
    for (let i = 0; i < this.#votes.length; i++) this.#votes[i]! += other.#votes[i]!;
  }

  score(): OutOfBagScore {
    const rows = this.#trees.reduce((sum, trees) => sum + (trees > 0 ? 1 : 0), 0);
    if (rows === 0) return { rows, score: null };
    return { rows, score: this.#classes === 0 ? this.#r2(rows) : this.#correct() / rows };
  }

  #correct(): number {
    let correct = 0;
    for (let i = 0; i < this.#trees.length; i++) {
      if (this.#trees[i] === 0) continue;
      let best = 0;
      for (let c = 1; c < this.#classes; c++) {
        if (this.#votes[i * this.#classes + c]! > this.#votes[i * this.#classes + best]!) best = c;
      }
      if (best === this.#targets[i]) correct++;
    }
    return correct;
  }

  #r2(rows: number): number | null {
    let sum = 0;
    for (let i = 0; i < this.#trees.length; i++) sum += this.#trees[i]! > 0 ? this.#targets[i]! : 0;
    const mean = sum / rows;
    let errors = 0;
    let spread = 0;
    for (let i = 0; i < this.#trees.length; i++) {
      if (this.#trees[i] === 0) continue;
      const error = this.#targets[i]! - this.#votes[i]! / this.#trees[i]!;
      const distance = this.#targets[i]! - mean;
      errors += error * error;
      spread += distance * distance;
    }
    return spread === 0 ? null : 1 - errors / spread;
  }
}

/** All rows of few; of many one at random from each stretch of equal length. */
function askedRows(rows: number): Uint32Array {
  if (rows <= ROWS_MAX) return Uint32Array.from({ length: rows }, (_, row) => row);
  const stretch = rows / ROWS_MAX;
  return Uint32Array.from({ length: ROWS_MAX }, (_, i) =>
    Math.floor((i + hash32(CHOICE, i) / 2 ** 32) * stretch),
  );
}

/** The right child of each inner node. */
function rightsOf({ nodes, feature }: GrownTree): Int32Array {
  const rights = new Int32Array(nodes);
  const open = new Int32Array(nodes);
  let depth = 0;
  for (let node = 0; node + 1 < nodes; node++) {
    if (feature[node] !== LEAF) open[depth++] = node;
    else rights[open[--depth]!] = node + 1;
  }
  return rights;
}

/** Of each leaf its number among the leaves. */
function numberLeaves({ nodes, feature }: GrownTree): Int32Array {
  const numbers = new Int32Array(nodes);
  let leaves = 0;
  for (let node = 0; node < nodes; node++) if (feature[node] === LEAF) numbers[node] = leaves++;
  return numbers;
}

/** The leaf that a row of the table ends in. */
function walk(tree: GrownTree, rights: Int32Array, table: BinnedRows, row: number): number {
  const { feature, low } = tree;
  for (let node = 0; ; ) {
    const code = feature[node]!;
    if (code === LEAF) return node;
    const own = code & FEATURE;
    const bin = table.cells[row * table.stride + own]!;
    const missing = bin === table.binCounts[own];
    const left = missing ? (code & MISSING_LEFT) !== 0 : bin <= low[node]!;
    node = left ? node + 1 : rights[node]!;
  }
}
