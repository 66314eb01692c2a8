/**
 * Predicts with boosted trees: a block of rows at a time, all trees over it.
 *
 * What trees say is added in their order for every row, so margins have the same bits on every
 * machine, and the same as in training. Missing values, and levels that training never saw, take the
 * direction that the node learned.
 */
import type { Frame } from '../../datasets/frame.ts';
import { featureValues } from '../feature-values.ts';
import type { Predictor } from '../learner.ts';
import { FEATURE, LEAF, MISSING_LEFT, UNORDERED } from './bin-tree.ts';
import type { BoostingModel, ValueTree } from './boosting-model.ts';
import { expOf, logistic } from './exponential.ts';
import { sharesOf } from './gradients.ts';

/** Rows that are walked down one tree after the other. */
const BLOCK_ROWS = 512;

export function boostingPredictor(model: BoostingModel): Predictor {
  const { header } = model;
  const width = header.kind === 'classification' ? header.classes.length : 1;
  return {
    predict(frame) {
      const margins = marginsOf(model, frame);
      const out = new Float64Array(frame.rows * width);
      const shares = new Float64Array(model.outputs);
      for (let row = 0; row < frame.rows; row++) {
        const at = row * model.outputs;
        switch (model.objective) {
          case 'logistic':
            if (width === 1) out[row] = 1;
            else {
              out[2 * row + 1] = logistic(margins[at]!);
              out[2 * row] = 1 - out[2 * row + 1]!;
            }
            break;
          case 'softmax':
            sharesOf(margins, at, 1, shares);
            out.set(shares, at);
            break;
          case 'poisson':
            out[row] = expOf(margins[at]!);
            break;
          default:
            out[row] = margins[at]!;
        }
      }
      return out;
    },
  };
}

/** Margins of every row, outputs of a row together. */
export function marginsOf(model: BoostingModel, frame: Frame): Float64Array {
  const { outputs, base, trees, header } = model;
  const columns = featureValues(header, frame);
  const levels = header.features.map((feature) => feature.levels?.length ?? 0);
  const margins = new Float64Array(frame.rows * outputs);
  for (let i = 0; i < margins.length; i++) margins[i] = base[i % outputs]!;
  const block = new Float64Array(BLOCK_ROWS * columns.length);
  for (let first = 0; first < frame.rows; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, frame.rows - first);
    columns.forEach((column, f) => {
      for (let row = 0, at = f; row < rows; row++, at += columns.length) {
        block[at] = column[first + row]!;
      }
    });
    trees.forEach((tree, t) => {
      const to = first * outputs + (t % outputs);
      for (let row = 0; row < rows; row++) {
        margins[to + row * outputs]! += leafOf(tree, block, row * columns.length, levels);
      }
    });
  }
  return margins;
}

/** The value of the leaf that a row's walk ends at. */
function leafOf(
  tree: ValueTree,
  block: Float64Array,
  from: number,
  levels: readonly number[],
): number {
  const { feature, thresholds, left } = tree;
  let node = 0;
  for (;;) {
    const code = feature[node]!;
    if (code === LEAF) return tree.values[node]!;
    const f = code & FEATURE;
    const value = block[from + f]!;
    let goes = value <= thresholds[node]!;
    if ((code & UNORDERED) !== 0 && value >= 0 && value < levels[f]!) {
      goes = ((tree.sets[tree.setAt[node]! + (value >> 5)]! >>> (value & 31)) & 1) === 1;
    } else if (Number.isNaN(value) || (code & UNORDERED) !== 0) {
      goes = (code & MISSING_LEFT) !== 0;
    }
    node = left[node]! + (goes ? 0 : 1);
  }
}
