/**
 * Predicts with a forest: blocks of rows outermost, then trees, then the rows of the block.
 *
 * A block's values lie together and stay in the cache while all trees pass over it. What trees say
 * is added in tree order for every row, so predictions have the same bits on every machine. Missing
 * values, and levels that training never saw, take the direction that the node learned.
 */
import { featureValues } from '../feature-values.ts';
import type { Predictor } from '../learner.ts';
import type { ModelHeader } from '../model.ts';
import { FEATURE, MISSING_BIT } from './kernel.ts';
import type { Tree } from './tree-codec.ts';

/** Bytes of values in a block: a part of a second-level cache. */
const BLOCK_BYTES = 2 ** 19;
/** Rows that walk down a tree side by side, so that they wait for memory together. */
const ABREAST = 4;

export function forestPredictor(header: ModelHeader, trees: readonly Tree[]): Predictor {
  const classes = header.classes.length;
  const width = Math.max(1, classes);
  return {
    predict(frame) {
      const values = featureValues(header, frame);
      const out = new Float64Array(frame.rows * width);
      const whole = Math.floor(BLOCK_BYTES / (8 * values.length * ABREAST)) * ABREAST;
      const blockRows = Math.max(ABREAST, Math.min(whole, frame.rows + ABREAST));
      // Walks go to a whole number of rows; those too many are walked and not counted.
      const block = new Float64Array((blockRows + ABREAST) * values.length);
      const ends = new Int32Array(blockRows + ABREAST);
      for (let first = 0; first < frame.rows; first += blockRows) {
        const rows = Math.min(blockRows, frame.rows - first);
        fillBlock(values, first, rows, block);
        for (const tree of trees) {
          walk(tree, block, values.length, rows, ends);
          if (classes === 0) addValues(tree, ends, rows, out, first);
          else addClasses(tree, ends, rows, out, first, classes);
        }
      }
      for (let i = 0; i < out.length; i++) out[i]! /= trees.length;
      return out;
    },
  };
}

/** Writes some rows of the columns as rows. */
function fillBlock(
  columns: readonly (Float64Array | Float32Array)[],
  first: number,
  rows: number,
  block: Float64Array,
): void {
  const features = columns.length;
  for (let f = 0; f < features; f++) {
    const column = columns[f]!;
    for (let row = 0, at = f; row < rows; row++, at += features) block[at] = column[first + row]!;
  }
}

/** Walks every row of the block down the tree; `ends` receives the numbers of their leaves. */
function walk(
  tree: Tree,
  block: Float64Array,
  features: number,
  rows: number,
  ends: Int32Array,
): void {
  const { thresholds, links, leaf } = tree;
  for (let row = 0; row < rows; row += ABREAST) {
    const from = row * features;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let moved = true; moved; ) {
      const nextA = step(thresholds, links, block, from, a);
      const nextB = step(thresholds, links, block, from + features, b);
      const nextC = step(thresholds, links, block, from + 2 * features, c);
      const nextD = step(thresholds, links, block, from + 3 * features, d);
      // A leaf leads to itself: all four have arrived when none moves.
      moved = ((nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d)) !== 0;
      a = nextA;
      b = nextB;
      c = nextC;
      d = nextD;
    }
    ends[row] = leaf[a]!;
    ends[row + 1] = leaf[b]!;
    ends[row + 2] = leaf[c]!;
    ends[row + 3] = leaf[d]!;
  }
}

/** The child that a row goes to, chosen by arithmetic: which way is next to random. */
function step(
  thresholds: Float64Array,
  links: Int32Array,
  block: Float64Array,
  from: number,
  node: number,
): number {
  const code = links[4 * node + 3]!;
  const right = links[4 * node + 2]!;
  const value = block[from + (code & FEATURE)]!;
  const low = Number(value <= thresholds[2 * node]!);
  const left = low | (Number(Number.isNaN(value)) & (code >> MISSING_BIT));
  return right ^ ((right ^ (node + 1)) & -left);
}

function addValues(
  tree: Tree,
  ends: Int32Array,
  rows: number,
  out: Float64Array,
  first: number,
): void {
  for (let row = 0; row < rows; row++) out[first + row]! += tree.leafValues[ends[row]!]!;
}

function addClasses(
  tree: Tree,
  ends: Int32Array,
  rows: number,
  out: Float64Array,
  first: number,
  classes: number,
): void {
  for (let row = 0; row < rows; row++) {
    const to = (first + row) * classes;
    const code = tree.leafClass[ends[row]!]!;
    if (code < classes) {
      out[to + code]! += 1;
      continue;
    }
    const from = (code - classes) * classes;
    for (let c = 0; c < classes; c++) out[to + c]! += tree.leafValues[from + c]!;
  }
}
