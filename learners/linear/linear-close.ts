/**
 * Closes rounds of linear fits: from the sum over all slices to the next state.
 *
 * The first round fixes the scales, further ones move the weights; the exact solver needs one such
 * round. Losses in metrics are means a row, without penalties: log-loss, or the squared error in the
 * target's own units.
 */
import { scalingOf } from '../encoding/scaling.ts';
import { LearnerError } from '../errors.ts';
import { log } from '../math.ts';
import type { Closed } from '../rounds-learner.ts';
import { copyState, HEAD, type LinearState, PHASE } from './linear-state.ts';
import { type LinearSum, readSum, SUM } from './linear-sum.ts';
import type { LinearTask } from './linear-task.ts';
import { solveProducts } from './normal-equations.ts';
import { objectiveOf } from './objective.ts';
import { estimateCurvature } from './preconditioner.ts';
import { pseudoGradient, searchOn } from './quasi-newton.ts';
import { countStep, stepSize, takeStep } from './step-rules.ts';
import { largest } from './vectors.ts';

/** A loss this many times the first one has left all bounds. */
const DIVERGED = 1e8;

type Ended = Closed['ended'];

export function closeRound(
  task: LinearTask,
  opened: Uint8Array,
  total: Uint8Array,
  round: number,
): Closed {
  const state = copyState(task, opened);
  const { head } = state;
  const phase = head[HEAD.phase]!;
  const sum = readSum(task, total, phase);
  if (phase === PHASE.measure) {
    openDescent(task, state, sum);
    const { bytes } = state;
    return { state: bytes, ended: null, metrics: { rows: head[HEAD.rows]! } };
  }
  if (phase === PHASE.products && task.solver === 'lbfgs') {
    estimateCurvature(task, state, sum);
    head[HEAD.phase] = PHASE.descend;
    const ended = round + 1 >= task.params.maxRounds ? 'rounds' : null;
    return { state: state.bytes, ended, metrics: { rows: head[HEAD.rows]! } };
  }
  if (phase === PHASE.products) {
    const { loss, gradientNorm } = solveProducts(task, state, sum);
    head[HEAD.loss] = loss;
    head[HEAD.gradientNorm] = gradientNorm;
    checkFinite(task, state, round);
    const metrics = { loss: shownLoss(task, head, loss), gradientNorm };
    return { state: state.bytes, ended: 'converged', metrics };
  }
  const isLast = round + 1 >= task.params.maxRounds;
  return descend(task, state, sum, round, isLast);
}

/** Takes rows, scales and first weights from the columns' measures. */
function openDescent(task: LinearTask, state: LinearState, sum: LinearSum): void {
  const { layout, loss, problem } = task;
  const { head, scaling, weights } = state;
  const rows = sum.head[SUM.rows]!;
  if (rows === 0) {
    throw new LearnerError(`no row to train on has a value in target "${problem.target.name}"`);
  }
  const classes = problem.classes.length;
  const names = [...layout.numbers, problem.target.name];
  const found = scalingOf(sum.body.subarray(classes), names);
  const numbers = layout.numbers.length;
  scaling.means.set(found.means.subarray(0, numbers));
  scaling.scales.set(found.scales.subarray(0, numbers));
  if (loss === 'squared') {
    head[HEAD.targetMean] = found.means[numbers]!;
    head[HEAD.targetScale] = found.scales[numbers]!;
  }
  head[HEAD.rows] = rows;
  // A scaled number squares to 1 on average, a set column and the intercept to 1 outright.
  head[HEAD.rowNorm] = numbers + layout.codes + 1;
  head[HEAD.phase] = task.products ? PHASE.products : PHASE.descend;
  head[HEAD.trials] = -1;
  head[HEAD.bestLoss] = -1;
  // Intercepts begin at the classes' shares; one row more in each keeps them finite.
  const counts = sum.body.subarray(0, classes);
  const from = weights.length - task.outputs;
  if (loss === 'logistic') weights[from] = log((counts[1]! + 1) / (counts[0]! + 1));
  if (loss === 'softmax') {
    for (let k = 0; k < classes; k++) weights[from + k] = log((counts[k]! + 1) / (rows + classes));
  }
}

function descend(
  task: LinearTask,
  state: LinearState,
  sum: LinearSum,
  round: number,
  isLast: boolean,
): Closed {
  const { head } = state;
  const seen = sum.head[SUM.rows]!;
  const loss = seen > 0 ? sum.head[SUM.loss]! / seen : Number.NaN;
  const evaluated = state.weights.slice();
  const moved =
    task.solver === 'lbfgs'
      ? searchRound(task, state, sum)
      : task.mode === 'local'
        ? averageRound(task, state, sum)
        : stepRound(task, state, sum);
  if (moved.accepted) {
    head[HEAD.loss] = loss;
    if (head[HEAD.firstLoss] === 0) head[HEAD.firstLoss] = loss;
    noteValidation(state, sum, evaluated, round);
  }
  checkFinite(task, state, round);
  const metrics: Record<string, number> = {
    loss: shownLoss(task, head, head[HEAD.loss]!),
    ...moved.metrics,
  };
  if (task.params.validation > 0 && sum.head[SUM.validationRows]! > 0) {
    metrics.validationLoss = shownLoss(task, head, head[HEAD.validationLoss]!);
  }
  const ended = moved.ended ? 'converged' : endOf(task, state, round, isLast);
  return { state: state.bytes, ended, metrics };
}

function endOf(
  { params }: LinearTask,
  { head }: LinearState,
  round: number,
  isLast: boolean,
): Ended {
  const waiting = head[HEAD.bestLoss]! >= 0 && round - head[HEAD.bestRound]! >= params.patience;
  if (waiting) return 'early-stop';
  return isLast ? 'rounds' : null;
}

interface Moved {
  /** Whether the weights that this round evaluated are on the way, not a trial that was refused. */
  readonly accepted: boolean;
  readonly ended: boolean;
  readonly metrics: Readonly<Record<string, number>>;
}

function searchRound(task: LinearTask, state: LinearState, sum: LinearSum): Moved {
  const { penalised, outputs } = task;
  const { value, gradient, l1 } = objectiveOf(task, state, sum);
  const { tolerance } = task.params;
  const trial = { objective: value, gradient, l1, penalised, outputs, tolerance };
  const outcome = searchOn(state, trial);
  return {
    accepted: outcome.trial === 'accepted',
    ended: outcome.ended,
    metrics: { gradientNorm: state.head[HEAD.gradientNorm]! },
  };
}

/** Mode sync: one step with the mean gradient over all slices. */
function stepRound(task: LinearTask, state: LinearState, sum: LinearSum): Moved {
  const { penalised, params } = task;
  const { weights } = state;
  const { gradient, l1 } = objectiveOf(task, state, sum);
  const before = weights.slice();
  const gradientNorm = largest(pseudoGradient(state, { gradient, l1, penalised }));
  takeStep(task, state, sum.body.slice(), sum.head[SUM.rows]!);
  const still = params.batch === null ? gradientNorm : changeOf(before, weights);
  // At the optimum the weights that were evaluated are the result, not the step beyond them.
  if (still <= params.tolerance) weights.set(before);
  return { accepted: true, ended: still <= params.tolerance, metrics: { gradientNorm } };
}

/** Mode local: the mean of the slices' weights and moments, each as heavy as its rows. */
function averageRound(task: LinearTask, state: LinearState, sum: LinearSum): Moved {
  const { head, weights, first, second } = state;
  const { size, params } = task;
  const weight = sum.head[SUM.weight]!;
  const before = weights.slice();
  [weights, first, second].forEach((part, p) => {
    for (let i = 0; i < part.length; i++) part[i] = sum.body[p * size + i]! / weight;
  });
  for (let step = 0; step < params.syncEvery; step++) countStep(task, head);
  const change = changeOf(before, weights);
  return { accepted: true, ended: change <= params.tolerance, metrics: { change } };
}

function changeOf(before: Float64Array, after: Float64Array): number {
  const change = new Float64Array(before.length);
  for (let i = 0; i < change.length; i++) change[i] = after[i]! - before[i]!;
  return largest(change);
}

/** Keeps the evaluated weights where no earlier ones were better on the rows held back. */
function noteValidation(
  { head, best }: LinearState,
  sum: LinearSum,
  evaluated: Float64Array,
  round: number,
): void {
  const rows = sum.head[SUM.validationRows]!;
  if (rows === 0) return;
  const loss = sum.head[SUM.validationLoss]! / rows;
  head[HEAD.validationLoss] = loss;
  if (head[HEAD.bestLoss]! >= 0 && !(loss < head[HEAD.bestLoss]!)) return;
  head[HEAD.bestLoss] = loss;
  head[HEAD.bestRound] = round;
  best.set(evaluated);
}

/** @throws LearnerError where the fit has run away, naming what to change */
function checkFinite(task: LinearTask, state: LinearState, round: number): void {
  const { head, weights } = state;
  const loss = head[HEAD.loss]!;
  const bound = DIVERGED * (1 + head[HEAD.firstLoss]!);
  const held = head[HEAD.validationLoss]!;
  if (Number.isFinite(largest(weights)) && loss <= bound && Number.isFinite(held)) return;
  const why = `training ran away in round ${round}: its loss is ${loss}`;
  if (task.solver === 'momentum' || task.solver === 'adam') {
    throw new LearnerError(`${why}; set "learningRate" below ${stepSize(task, head)}`);
  }
  throw new LearnerError(`${why}; set "l2" above ${task.params.l2}`);
}

/** The mean loss as people know it: log-loss, or the squared error in the target's units. */
function shownLoss(task: LinearTask, head: Float64Array, loss: number): number {
  const scale = head[HEAD.targetScale]!;
  return task.loss === 'squared' ? 2 * loss * scale * scale : loss;
}
