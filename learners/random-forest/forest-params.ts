/**
 * Parameters of the random forest, and what they mean for one problem.
 */
import type { Problem } from '../learner.ts';
import type { ParamTable } from '../params.ts';
import type { GrowthLimits } from './kernel.ts';

export type ForestParams = {
  trees: number;
  maxDepth: number | null;
  minSamplesLeaf: number;
  minSamplesSplit: number;
  maxFeatures: number | string;
  bootstrap: boolean;
  bins: number;
  splitter: string;
  maxLeaves: number | null;
  classWeight: string;
  outOfBag: boolean;
  importances: boolean;
};

export const forestParams: ParamTable<ForestParams> = {
  trees: { type: 'integer', min: 1, max: 100_000, default: 100, about: 'number of trees' },
  maxDepth: {
    type: 'limit',
    integer: true,
    min: 1,
    max: 10_000,
    default: null,
    about: 'levels of splits in a tree',
  },
  minSamplesLeaf: {
    type: 'integer',
    min: 1,
    max: 1_000_000_000,
    default: 1,
    about: 'draws of the bootstrap sample that a leaf must hold',
  },
  minSamplesSplit: {
    type: 'integer',
    min: 2,
    max: 1_000_000_000,
    default: 2,
    about: 'draws of the bootstrap sample that a node must hold to be split',
  },
  maxFeatures: {
    type: 'number-or-word',
    min: 1,
    max: 32_767,
    words: ['auto', 'sqrt', 'third', 'all'],
    default: 'auto',
    about: 'features drawn at each node; auto is sqrt for classification, third for regression',
  },
  bootstrap: {
    type: 'boolean',
    default: true,
    about: 'grow each tree on a sample drawn with replacement; false: on all rows',
  },
  bins: {
    type: 'integer',
    min: 2,
    max: 255,
    default: 255,
    about: 'bins of a number column; more are slower and seldom better',
  },
  ...growthParams(),
};

type GrowthParams = Pick<
  ForestParams,
  'splitter' | 'maxLeaves' | 'classWeight' | 'outOfBag' | 'importances'
>;

function growthParams(): ParamTable<GrowthParams> {
  return {
    splitter: {
      type: 'choice',
      of: ['best', 'random'],
      default: 'best',
      about: 'cut of a drawn feature: the best one, or one at random (extra-trees)',
    },
    maxLeaves: {
      type: 'limit',
      integer: true,
      min: 2,
      max: 1_000_000,
      default: null,
      about: 'leaves of a tree, which then splits where impurity falls most',
    },
    classWeight: {
      type: 'choice',
      of: ['none', 'balanced'],
      default: 'none',
      about: 'balanced: every class weighs the same in all, rows / (classes * rows of the class)',
    },
    outOfBag: {
      type: 'boolean',
      default: false,
      about: 'also score each tree on rows that it did not draw, up to 16,384 of them',
    },
    importances: {
      type: 'boolean',
      default: false,
      about: 'also keep how much each feature lowers impurity',
    },
  };
}

/** Features drawn at each node of a problem, rounded down, at least one. */
export function featuresPerNode(problem: Problem, params: ForestParams): number {
  const all = problem.features.length;
  const classification = problem.kind === 'classification';
  const { maxFeatures } = params;
  if (typeof maxFeatures === 'number') return Math.min(all, maxFeatures);
  if (maxFeatures === 'all') return all;
  const third = maxFeatures === 'third' || (maxFeatures === 'auto' && !classification);
  return Math.max(1, Math.floor(third ? all / 3 : Math.sqrt(all)));
}

export function limitsOf(problem: Problem, params: ForestParams): GrowthLimits {
  return {
    featuresPerNode: featuresPerNode(problem, params),
    maxDepth: params.maxDepth ?? Number.POSITIVE_INFINITY,
    minSamplesLeaf: params.minSamplesLeaf,
    minSamplesSplit: params.minSamplesSplit,
    bootstrap: params.bootstrap,
    randomCuts: params.splitter === 'random',
    maxLeaves: params.maxLeaves ?? Number.POSITIVE_INFINITY,
  };
}
