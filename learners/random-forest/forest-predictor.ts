/**
 * Predicts with a forest: blocks of rows outermost, then trees, then the rows of the block.
 *
 * A block's values lie together and stay in the cache while all trees pass over it. What trees say
 * is added in tree order for every row, so predictions have the same bits on every machine. Missing
 * values, and levels that training never saw, take the direction that the node learned.
 */
import type { Frame } from '../../datasets/frame.ts';
import { numbersOf } from '../../datasets/quantile-bins.ts';
import { LearnerError } from '../errors.ts';
import type { Predictor } from '../learner.ts';
import type { ModelHeader } from '../model.ts';
import { FEATURE, LEAF, MISSING_LEFT } from './kernel.ts';
import type { Tree } from './tree-codec.ts';

const BLOCK_ROWS = 256;

export function forestPredictor(header: ModelHeader, trees: readonly Tree[]): Predictor {
  const classes = header.classes.length;
  const width = Math.max(1, classes);
  return {
    predict(frame) {
      const values = featureValues(header, frame);
      const out = new Float64Array(frame.rows * width);
      const block = new Float64Array(BLOCK_ROWS * values.length);
      for (let first = 0; first < frame.rows; first += BLOCK_ROWS) {
        const rows = Math.min(BLOCK_ROWS, frame.rows - first);
        fillBlock(values, first, rows, block);
        for (const tree of trees) {
          if (classes === 0) addValues(tree, block, values.length, rows, out, first);
          else addClasses(tree, block, values.length, rows, out, first, classes);
        }
      }
      for (let i = 0; i < out.length; i++) out[i]! /= trees.length;
      return out;
    },
  };
}

function featureValues(header: ModelHeader, frame: Frame): (Float64Array | Float32Array)[] {
  return header.features.map((feature) => {
    const column = frame.columns.get(feature.name);
    if (!column) throw new LearnerError(`column "${feature.name}" is needed and not in the rows`);
    if ((column.kind === 'number') !== (feature.kind === 'number')) {
      throw new LearnerError(
        `column "${feature.name}" is a ${column.kind}, the model was trained on a ${feature.kind}`,
      );
    }
    return numbersOf(column);
  });
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

/** Number, among the tree's leaves, of the leaf where a row ends. */
function leafOf(tree: Tree, block: Float64Array, from: number): number {
  const { feature, threshold, next } = tree;
  let node = 0;
  for (let code = feature[0]!; code !== LEAF; code = feature[node]!) {
    const value = block[from + (code & FEATURE)]!;
    if (value <= threshold[node]!) node++;
    else if (Number.isNaN(value) && (code & MISSING_LEFT) !== 0) node++;
    else node = next[node]!;
  }
  return next[node]!;
}

function addValues(
  tree: Tree,
  block: Float64Array,
  features: number,
  rows: number,
  out: Float64Array,
  first: number,
): void {
  for (let row = 0; row < rows; row++) {
    out[first + row]! += tree.leafValues[leafOf(tree, block, row * features)]!;
  }
}

function addClasses(
  tree: Tree,
  block: Float64Array,
  features: number,
  rows: number,
  out: Float64Array,
  first: number,
  classes: number,
): void {
  for (let row = 0; row < rows; row++) {
    const to = (first + row) * classes;
    const code = tree.leafClass[leafOf(tree, block, row * features)]!;
    if (code < classes) {
      out[to + code]! += 1;
      continue;
    }
    const from = (code - classes) * classes;
    for (let c = 0; c < classes; c++) out[to + c]! += tree.leafValues[from + c]!;
  }
}
