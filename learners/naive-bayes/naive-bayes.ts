/**
 * Naive Bayes in one round: normal numbers, smoothed shares of levels, missing values ignored.
 *
 * Combine law: counts of rows and levels are added and exact; moments of numbers are joined along
 * the fixed tree. A missing value says nothing, in training and in prediction.
 */
import { type DesignLayout, designLayout } from '../encoding/design-layout.ts';
import { designRowBytes } from '../encoding/design-rows.ts';
import { type TargetRows, trainingRows } from '../encoding/training-rows.ts';
import { LearnerError } from '../errors.ts';
import type { Problem } from '../learner.ts';
import { asModelError } from '../model.ts';
import type { ParamTable } from '../params.ts';
import type { RoundsLearner } from '../rounds-learner.ts';
import { decodeBayes, encodeBayes } from './bayes-model.ts';
import { bayesTables } from './bayes-tables.ts';
import { combineClassSums, emptySums, readSums, sumClasses, sumsBytes } from './class-sums.ts';

export type BayesParams = {
  smoothing: number;
  varianceSmoothing: number;
};

const params: ParamTable<BayesParams> = {
  smoothing: {
    type: 'number',
    min: 1e-9,
    max: 1e9,
    default: 1,
    about: 'added to the count of every level in every class (Laplace)',
  },
  varianceSmoothing: {
    type: 'number',
    min: 0,
    max: 1e3,
    default: 1e-9,
    about: "part of a number column's variance that is added to its variance in each class",
  },
};

/** Most numbers in the tables: 32 MiB of them. */
const cellsMax = 2 ** 22;

function layoutOf(problem: Problem): DesignLayout {
  const { kind, classes, target } = problem;
  if (kind !== 'classification') {
    throw new LearnerError(`task is ${kind}, naive Bayes does classification; choose another`);
  }
  if (classes.length < 2) {
    throw new LearnerError(`target "${target.name}" has ${classes.length} classes, 2 are needed`);
  }
  const layout = designLayout(problem.features);
  const cells = classes.length * (layout.width + 2 * layout.numbers.length + 1);
  if (cells > cellsMax) {
    throw new LearnerError(
      `${layout.width} columns for ${classes.length} classes take ${cells} cells, at most ${cellsMax} are possible; leave out categories with many levels`,
    );
  }
  return layout;
}

export const naiveBayes: RoundsLearner<BayesParams, TargetRows> = {
  stage: 'rounds',
  name: 'naive-bayes',
  summary: 'naive Bayes of normal numbers and counted levels; one round, missing values ignored',
  kinds: ['classification'],
  modes: ['sync'],
  numerics: 1,
  params,

  memoryBytes: (problem, _params, slots) =>
    sumsBytes(layoutOf(problem), problem.classes.length) * (2 + slots),
  sliceBytes: (problem, _params, rows) => rows * (designRowBytes(layoutOf(problem)) + 12) + 1024,
  prepare: (problem, _params, source, progress) =>
    trainingRows(problem, layoutOf(problem), 0, source, progress).train,
  begin: (problem) => emptySums(layoutOf(problem), problem.classes.length).bytes,
  contribute: (problem, _params, _state, { prepared }) =>
    sumClasses(layoutOf(problem), problem.classes.length, prepared).bytes,
  combine: (problem, _params, left, right) =>
    combineClassSums(layoutOf(problem), problem.classes.length, left, right),

  close(problem, given, _state, sum) {
    const layout = layoutOf(problem);
    const sums = readSums(layout, problem.classes.length, new Uint8Array(sum));
    let rows = 0;
    for (const count of sums.rows) rows += count;
    if (rows === 0) {
      throw new LearnerError(`no row to train on has a value in target "${problem.target.name}"`);
    }
    // Made here for its errors, which belong to training.
    bayesTables(layout, sums, given);
    return { state: sums.bytes, ended: 'converged', metrics: { rows } };
  },
  finish(problem, given, state) {
    const layout = layoutOf(problem);
    const sums = readSums(layout, problem.classes.length, state);
    return encodeBayes(naiveBayes, problem, bayesTables(layout, sums, given));
  },
  decode: (bytes) => asModelError(() => decodeBayes(naiveBayes, bytes)),
};
