/**
 * Parameters of the linear models, the same for all three but for the solvers.
 *
 * Penalties are in scikit-learn's terms for sums: the objective is
 * `sum of losses + l1 * |w|_1 + l2 / 2 * |w|^2` with the intercept left out, and the loss of a row is
 * -ln p(its class), or half its squared error. So `l2` is 1 / C of LogisticRegression and alpha of
 * Ridge, and `l1` is 1 / C of an L1 LogisticRegression and rows * alpha of Lasso.
 */
import type { ParamTable } from '../params.ts';

export type LinearParams = {
  solver: string;
  l2: number;
  l1: number;
  maxRounds: number;
  tolerance: number;
  batch: number | null;
  learningRate: number | null;
  decay: number | null;
  momentum: number;
  syncEvery: number;
  validation: number;
  patience: number;
  missingIndicator: boolean;
};

/** @param exact whether the normal equations can be chosen */
export function linearParams(exact: boolean): ParamTable<LinearParams> {
  return {
    solver: {
      type: 'choice',
      of: ['auto', ...(exact ? ['exact'] : []), 'lbfgs', 'momentum', 'adam'],
      default: 'auto',
      about: exact
        ? 'auto is exact, lbfgs beyond 1024 columns or with validation, adam with batch or mode local'
        : 'auto is lbfgs, adam with batch or mode local',
    },
    l2: {
      type: 'number',
      min: 0,
      max: 1e12,
      default: 1,
      about: 'weight of half the sum of squared weights beside the sum of losses (1 / C, alpha)',
    },
    l1: {
      type: 'number',
      min: 0,
      max: 1e12,
      default: 0,
      about: 'weight of the sum of absolute weights beside the sum of losses',
    },
    maxRounds: {
      type: 'integer',
      min: 2,
      max: 1_000_000,
      default: 1000,
      about: 'rounds at most; the first measures the columns',
    },
    ...convergenceParams,
    ...stepParams,
    missingIndicator: {
      type: 'boolean',
      default: false,
      about: 'give each number a second column that says that it is missing',
    },
  };
}

const convergenceParams: ParamTable<Pick<LinearParams, 'tolerance' | 'validation' | 'patience'>> = {
  tolerance: {
    type: 'number',
    min: 0,
    max: 1,
    default: 1e-4,
    about:
      'ends when no part of the mean gradient is larger; with batch or mode local, when no weight changed more',
  },
  validation: {
    type: 'number',
    min: 0,
    max: 0.9,
    default: 0,
    about: 'share of the training rows held back to stop early; the best weights are kept',
  },
  patience: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 20,
    about: 'rounds without a better loss on the rows held back before training ends',
  },
};

const stepParams: ParamTable<
  Pick<LinearParams, 'batch' | 'learningRate' | 'decay' | 'momentum' | 'syncEvery'>
> = {
  batch: {
    type: 'limit',
    integer: true,
    min: 1,
    max: 1_000_000_000,
    default: null,
    about: 'rows that each slice draws for a step; null: all of them',
  },
  learningRate: {
    type: 'limit',
    integer: false,
    min: 1e-12,
    max: 1e12,
    default: null,
    about: 'step size of momentum and adam; null: chosen from the data (momentum), 0.05 (adam)',
  },
  decay: {
    type: 'limit',
    integer: false,
    min: 0,
    max: 1e6,
    default: null,
    about: 'step s is divided by 1 + decay * s; null: 0.01, for momentum over all rows 0',
  },
  momentum: {
    type: 'number',
    min: 0,
    max: 0.999,
    default: 0.9,
    about: 'share of the last step that momentum carries on',
  },
  syncEvery: {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 10,
    about: 'steps that each slice takes by itself in a round of mode local',
  },
};
