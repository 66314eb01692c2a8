/**
 * Linear, logistic and softmax regression, trained in rounds.
 *
 * Combine law: sums of losses and gradients are added along the fixed tree, column moments by Chan's
 * formula; mode local adds weights times rows and divides once at the end. A slice's batches depend
 * on hash(seed, round, slice, step) only.
 */
import { designRowBytes } from '../encoding/design-rows.ts';
import { type TrainingRows, trainingRows } from '../encoding/training-rows.ts';
import { asModelError } from '../model.ts';
import type { RoundsLearner } from '../rounds-learner.ts';
import { closeRound } from './linear-close.ts';
import { decodeLinear, encodeLinear } from './linear-model.ts';
import { type LinearParams, linearParams } from './linear-params.ts';
import { firstState, HEAD, PHASE, readState, stateBytes } from './linear-state.ts';
import { combineSums, sumBytes } from './linear-sum.ts';
import { type LinearTask, type Loss, linearTask } from './linear-task.ts';
import { sumProducts } from './normal-equations.ts';
import { blockRows } from './row-block.ts';
import { gradientOfSlice, measureSlice, stepsOfSlice } from './slice-work.ts';

export type LinearLearner = RoundsLearner<LinearParams, TrainingRows>;

const NUMERICS = 1;

function linearLearner(loss: Loss, name: string, summary: string): LinearLearner {
  const named = { name, numerics: NUMERICS };
  return {
    ...named,
    stage: 'rounds',
    summary,
    kinds: [loss === 'squared' ? 'regression' : 'classification'],
    modes: ['sync', 'local'],
    params: linearParams(loss === 'squared'),

    memoryBytes(problem, params, slots) {
      const task = linearTask(loss, problem, params);
      const matrices = task.solver === 'exact' ? 3 * 8 * task.layout.width ** 2 : 0;
      return 2 * stateBytes(task) + 2 * slots * (sumBytes(task) + workBytes(task)) + matrices;
    },
    sliceBytes(problem, params, rows) {
      return rows * (designRowBytes(linearTask(loss, problem, params).layout) + 8) + 1024;
    },

    prepare(problem, params, source, progress) {
      const { layout } = linearTask(loss, problem, params);
      return trainingRows(problem, layout, params.validation, source, progress);
    },
    begin: (problem, params) => firstState(linearTask(loss, problem, params)).bytes,

    contribute(problem, params, bytes, { prepared }, at, progress) {
      const task = linearTask(loss, problem, params);
      const state = readState(task, bytes);
      const phase = state.head[HEAD.phase];
      if (phase === PHASE.measure) return measureSlice(task, prepared).bytes;
      if (phase === PHASE.products) return sumProducts(task, state, prepared.train, progress).bytes;
      const work = task.mode === 'local' ? stepsOfSlice : gradientOfSlice;
      return work(task, state, prepared, at, progress).bytes;
    },
    combine: (problem, params, left, right) =>
      combineSums(linearTask(loss, problem, params), left, right),
    close: (problem, params, state, sum, round) =>
      closeRound(linearTask(loss, problem, params), state, sum, round),
    finish(problem, params, bytes) {
      const task = linearTask(loss, problem, params);
      return encodeLinear(named, task, readState(task, bytes));
    },
    decode: (bytes) => asModelError(() => decodeLinear(named, loss, bytes)),
  };
}

/** A block, and for mode local the slice's own weights, moments and gradient. */
function workBytes({ layout, outputs, size }: LinearTask): number {
  return 8 * (blockRows * (layout.numbers.length + outputs) + 4 * size);
}

export const linearRegression = linearLearner(
  'squared',
  'linear-regression',
  'least squares with L2 (ridge) and L1 (lasso) penalties; exact in two rounds',
);

export const logisticRegression = linearLearner(
  'logistic',
  'logistic-regression',
  'logistic regression of two classes with L2 and L1 penalties, to the optimum by L-BFGS',
);

export const softmaxRegression = linearLearner(
  'softmax',
  'softmax-regression',
  'multinomial logistic regression with L2 and L1 penalties, to the optimum by L-BFGS',
);
