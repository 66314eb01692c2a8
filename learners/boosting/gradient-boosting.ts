/**
 * Gradient boosting of decision trees over histograms (Friedman 2001; LightGBM and XGBoost are the
 * peers), trained in rounds: one for each level of a tree, whatever the number of classes.
 *
 * Combine law: every sum is of whole numbers, minima or maxima, or a sample that is sorted before
 * use, so any grouping and order of slices gives the same model. Rounding of gradients and draws of
 * rows are keyed by seed, step and row, never by position.
 */
import { asModelError } from '../model.ts';
import type { RoundsLearner } from '../rounds-learner.ts';
import { type BoostedRows, boostedRows, rawRowBytes } from './boosted-rows.ts';
import { closeRound } from './boosting-close.ts';
import { decodeModel, encodeModel } from './boosting-model.ts';
import { type BoostingParams, boostingParams } from './boosting-params.ts';
import { boostingPredictor } from './boosting-predictor.ts';
import { emptyState, encodeState, readState } from './boosting-state.ts';
import { combineRound, contributeRound } from './boosting-sum.ts';
import { type BoostingTask, boostingTask } from './boosting-task.ts';
import { evolveRows, type HeldRows, heldBytes, heldRowBytes, rebuildRows } from './held-rows.ts';
import { surveyBytes } from './survey.ts';

const named = { name: 'gradient-boosting', numerics: 1 };

export const gradientBoosting: RoundsLearner<BoostingParams, BoostedRows, HeldRows | null> = {
  ...named,
  stage: 'rounds',
  summary: 'gradient boosting of trees over integer histograms; exact for any number of workers',
  kinds: ['classification', 'regression'],
  modes: ['sync'],
  params: boostingParams,

  memoryBytes(problem, params, slots) {
    const task = boostingTask(problem, params);
    // A sum has half the nodes of a level, the state their parents; a thread combines two sums.
    const level = levelBytes(task);
    const state = params.trees * task.outputs * task.nodesMax * 6 + level;
    return Math.ceil(2 ** 22 + 2 * state + (slots + 1) * (2 * level + surveyBytes(task)));
  },
  sliceBytes(problem, params, rows) {
    const task = boostingTask(problem, params);
    return rows * (rawRowBytes(task) + heldRowBytes(task)) + heldBytes(task);
  },
  prepare: (problem, params, source, progress) =>
    boostedRows(boostingTask(problem, params), source, progress),
  begin(problem, params) {
    boostingTask(problem, params);
    return encodeState(emptyState());
  },

  holder: {
    rebuild: (problem, params, state, prepared) =>
      rebuildRows(boostingTask(problem, params), readState(state), prepared),
    evolve: (problem, params, state, prepared, held) =>
      evolveRows(boostingTask(problem, params), readState(state), prepared, held),
  },
  contribute: (problem, params, state, { prepared, held }, at, progress) => {
    progress(0, 1);
    return contributeRound(boostingTask(problem, params), readState(state), prepared, held, at);
  },
  combine: (problem, params, left, right) =>
    combineRound(boostingTask(problem, params), left, right),
  close: (problem, params, state, sum, round) =>
    closeRound(boostingTask(problem, params), readState(state), sum, round),
  finish: (problem, params, state) =>
    encodeModel(named, boostingTask(problem, params), readState(state)),
  decode: (bytes) => asModelError(() => boostingPredictor(decodeModel(named, bytes))),
};

/** Bytes of the histograms of a level's nodes that are built. */
function levelBytes({ features, nodesMax, outputs }: BoostingTask): number {
  return (nodesMax / 4 + 1) * outputs * features.length * 256 * 8;
}
