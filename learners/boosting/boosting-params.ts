/**
 * Parameters of gradient boosting.
 *
 * Names and meanings follow what LightGBM, XGBoost and scikit-learn share; every bound is checked by
 * the coordinator from this table. What needs the columns to be checked is in `boosting-task.ts`.
 */
import type { ParamTable } from '../params.ts';

export type BoostingParams = {
  objective: string;
  trees: number;
  learningRate: number;
  maxDepth: number;
  maxLeaves: number | null;
  minLeaf: number;
  minChildWeight: number;
  minGain: number;
  l1: number;
  l2: number;
  bins: number;
  rowSample: number;
  columnSample: number;
  classWeight: string;
  weight: string;
  monotone: string;
  validation: number;
  patience: number;
};

/** Most levels of a tree: nodes are named by 16 bits. */
const DEPTH_MAX = 14;

export const boostingParams: ParamTable<BoostingParams> = {
  objective: {
    type: 'choice',
    of: ['auto', 'squared', 'absolute', 'poisson'],
    default: 'auto',
    about:
      'loss: auto is log-loss for classes and squared for numbers; absolute and poisson for numbers',
  },
  trees: {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 100,
    about: 'trees, for several classes so many of each class',
  },
  learningRate: {
    type: 'number',
    min: 1e-6,
    max: 1,
    default: 0.1,
    about: 'share of its best step that each tree takes',
  },
  maxDepth: {
    type: 'integer',
    min: 1,
    max: DEPTH_MAX,
    default: 11,
    about: 'levels of splits, and rounds that split nodes; the leaves take one round more',
  },
  maxLeaves: {
    type: 'limit',
    integer: true,
    min: 2,
    max: 2 ** DEPTH_MAX,
    default: 31,
    about: 'leaves of a tree at most: nodes of most gain are split first; null for no limit',
  },
  minLeaf: {
    type: 'integer',
    min: 1,
    max: 1_000_000_000,
    default: 20,
    about:
      'training rows that a leaf holds; for classes and poisson estimated from the weights, as LightGBM does',
  },
  minChildWeight: {
    type: 'number',
    min: 0,
    max: 1e12,
    default: 1e-3,
    about: 'sum of second derivatives (hessian) that a leaf holds',
  },
  minGain: {
    type: 'number',
    min: 0,
    max: 1e12,
    default: 0,
    about: 'gain that a split must be above',
  },
  ...sumParams(),
  ...rowParams(),
};

type SumParams = Pick<
  BoostingParams,
  'l1' | 'l2' | 'bins' | 'rowSample' | 'columnSample' | 'monotone'
>;

function sumParams(): ParamTable<SumParams> {
  return {
    l1: { type: 'number', min: 0, max: 1e12, default: 0, about: 'L1 penalty on leaf values' },
    l2: { type: 'number', min: 0, max: 1e12, default: 1, about: 'L2 penalty on leaf values' },
    bins: {
      type: 'integer',
      min: 2,
      max: 255,
      default: 255,
      about: 'bins of a number column; one more is for missing values',
    },
    rowSample: {
      type: 'number',
      min: 1e-3,
      max: 1,
      default: 1,
      about: 'share of the rows that each tree is grown on, chosen by hash of seed, tree and row',
    },
    columnSample: {
      type: 'number',
      min: 1e-3,
      max: 1,
      default: 1,
      about: 'share of the features that each tree may use',
    },
    monotone: {
      type: 'text',
      default: '',
      about:
        'features that the prediction may only rise (+) or fall (-) with: "age+, price-"; not for 3 classes or more',
    },
  };
}

type RowParams = Pick<BoostingParams, 'classWeight' | 'weight' | 'validation' | 'patience'>;

function rowParams(): ParamTable<RowParams> {
  return {
    classWeight: {
      type: 'choice',
      of: ['none', 'balanced'],
      default: 'none',
      about: 'balanced: every class weighs the same in all, rows / (classes * rows of the class)',
    },
    weight: {
      type: 'text',
      default: '',
      about: 'name of the feature that holds the weight of each row; it is not trained on',
    },
    validation: {
      type: 'number',
      min: 0,
      max: 0.9,
      default: 0,
      about:
        'share of the training rows held back to stop early; the trees up to the best are kept',
    },
    patience: {
      type: 'integer',
      min: 1,
      max: 100_000,
      default: 20,
      about: 'trees without a better loss on the rows held back before training ends',
    },
  };
}
