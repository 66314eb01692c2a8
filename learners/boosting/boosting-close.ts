/**
 * Closes a round of boosting: from the sum over all rows to the state that opens the next.
 *
 * Rounds 0 and 1 measure the data. Each step then takes a round for each level of its trees, all
 * outputs together, and one for their leaves (two more for medians). With rows held back, the loss
 * after a step comes with the first level of the next.
 */
import { LearnerError } from '../errors.ts';
import { doublesIn, doublesOf } from '../round-bytes.ts';
import type { Closed } from '../rounds-learner.ts';
import { encodeTrees, type FinishedTree } from './bin-tree.ts';
import {
  type BoostingState,
  emptyState,
  encodeBins,
  encodeState,
  HEAD,
  none,
  PHASE,
} from './boosting-state.ts';
import { bodyOf, LEVEL_WORDS, TAG, wordsOf } from './boosting-sum.ts';
import type { BoostingTask } from './boosting-task.ts';
import { expOf } from './exponential.ts';
import { POISSON_SLACK } from './gradients.ts';
import { closeLevel, grown, phaseAfter, roots } from './grow-level.ts';
import { meanLoss } from './held-back-loss.ts';
import { BRACKET, LEAF_SUM, leavesOf, medianOf, narrow, PASSES } from './leaf-sums.ts';
import { leafValue, type Range, unbounded } from './split-finder.ts';
import { readCentre, readSurvey } from './survey.ts';

export function closeRound(
  task: BoostingTask,
  state: BoostingState,
  sum: Uint8Array,
  round: number,
): Closed {
  const tag = doublesIn(sum, 0, TAG.length);
  if (tag[TAG.phase] !== state.head[HEAD.phase] || tag[TAG.round] !== round) {
    throw new LearnerError(`round ${round} cannot be closed with a sum of round ${tag[TAG.round]}`);
  }
  switch (tag[TAG.phase]) {
    case PHASE.survey:
      return closeSurvey(task, bodyOf(sum));
    case PHASE.centre:
      return closeCentre(task, state, bodyOf(sum));
    case PHASE.level:
      return closeGrowth(task, state, sum, tag);
    case PHASE.leaves:
      return closeLeaves(task, state, doublesOf(sum));
    case PHASE.narrow:
      return closePass(task, state, doublesOf(sum));
    default: {
      const noted = noteLoss(task, state, tag);
      return closed(noted, 'rounds', lossMetrics(task, noted));
    }
  }
}

function closed(
  state: BoostingState,
  ended: Closed['ended'],
  metrics: Readonly<Record<string, number>> = {},
): Closed {
  const trees = state.head[HEAD.step]!;
  return { state: encodeState(state), ended, metrics: { trees, ...metrics } };
}

/** A copy of the head with these places changed. */
function headOf({ head }: BoostingState, changes: Readonly<Record<number, number>>): Float64Array {
  const next = head.slice();
  for (const [place, value] of Object.entries(changes)) next[Number(place)] = value;
  return next;
}

function closeSurvey(task: BoostingTask, body: Uint8Array): Closed {
  const survey = readSurvey(task, body);
  const { low, high, heaviest, median, rows, heldBack } = survey;
  const empty = emptyState();
  const head = headOf(empty, {
    [HEAD.phase]: PHASE.centre,
    ...{ [HEAD.low]: low, [HEAD.high]: high, [HEAD.heaviest]: heaviest },
    ...{ [HEAD.median]: median, [HEAD.rows]: rows, [HEAD.heldBack]: heldBack },
    [HEAD.bestLoss]: Number.POSITIVE_INFINITY,
  });
  const gains = new Float64Array(task.features.length);
  // Until the next round closes, these are counts of rows.
  const state = { ...empty, head, gains, classWeights: survey.counts };
  return closed({ ...state, latest: encodeBins(survey.bins) }, null, { rows });
}

function closeCentre(task: BoostingTask, state: BoostingState, body: Uint8Array): Closed {
  const { head } = state;
  const { base, classWeights } = readCentre(task, body, {
    ...{ low: head[HEAD.low]!, high: head[HEAD.high]!, median: head[HEAD.median]! },
    ...{ counts: state.classWeights, rows: head[HEAD.rows]! },
  });
  const factor = classWeights.length > 0 ? Math.max(...classWeights) : 1;
  const bounds = firstBounds(task, state, base[0]!, head[HEAD.heaviest]! * factor);
  return closed(
    {
      ...{ ...state, base, classWeights, bins: state.latest, latest: none },
      ...roots(task),
      head: headOf(state, {
        [HEAD.phase]: PHASE.level,
        [HEAD.gradient]: bounds.gradient,
        [HEAD.hessian]: bounds.hessian,
      }),
    },
    null,
  );
}

interface Bounds {
  readonly gradient: number;
  readonly hessian: number;
}

function firstBounds(
  { objective, outputs }: BoostingTask,
  { head }: BoostingState,
  base: number,
  weight: number,
): Bounds {
  const [low, high] = [head[HEAD.low]!, head[HEAD.high]!];
  switch (objective) {
    case 'logistic':
      return { gradient: weight, hessian: weight / 4 };
    case 'softmax':
      return { gradient: weight, hessian: (weight / 4) * (outputs / (outputs - 1)) };
    case 'absolute':
      return { gradient: weight, hessian: weight };
    case 'squared':
      return { gradient: weight * Math.max(high - base, base - low), hessian: weight };
    case 'poisson': {
      const mean = expOf(base);
      return { gradient: weight * Math.max(mean, high), hessian: weight * mean * POISSON_SLACK };
    }
  }
}

function noteLoss(task: BoostingTask, state: BoostingState, tag: Float64Array): BoostingState {
  const weight = tag[TAG.lossWeight]!;
  if (!(weight > 0)) return state;
  const loss = meanLoss(task, state, [tag[TAG.loss]!, weight]);
  if (!(loss < state.head[HEAD.bestLoss]!)) return state;
  return {
    ...state,
    head: headOf(state, { [HEAD.bestLoss]: loss, [HEAD.bestStep]: state.head[HEAD.step]! }),
  };
}

function lossMetrics(task: BoostingTask, { head }: BoostingState): Record<string, number> {
  const best = head[HEAD.bestLoss]!;
  return task.params.validation > 0 && Number.isFinite(best)
    ? { bestLoss: best, bestTrees: head[HEAD.bestStep]! }
    : {};
}

function closeGrowth(
  task: BoostingTask,
  before: BoostingState,
  sum: Uint8Array,
  tag: Float64Array,
): Closed {
  const state = noteLoss(task, before, tag);
  const { head } = state;
  const first = head[HEAD.level] === 0;
  const { params } = task;
  const waited = head[HEAD.step]! - head[HEAD.bestStep]!;
  if (first && tag[TAG.lossWeight]! > 0 && waited >= params.patience) {
    return closed(state, 'early-stop', lossMetrics(task, state));
  }
  const level = closeLevel(task, state, wordsOf(sum), LEVEL_WORDS);
  const sampled = params.rowSample < 1 || params.columnSample < 1;
  // Nothing to be gained by any split of any tree: the next step would find the same.
  if (first && level.splits === 0 && !sampled) {
    return closed(state, 'converged', lossMetrics(task, state));
  }
  const { growing, pairs, parents, gains } = level;
  const changes = { [HEAD.phase]: phaseAfter(level), [HEAD.level]: head[HEAD.level]! + 1 };
  const next = { ...state, growing, pairs, parents, gains, head: headOf(state, changes) };
  return closed(next, null, { splits: level.splits, ...lossMetrics(task, state) });
}

function closeLeaves(task: BoostingTask, state: BoostingState, sums: Float64Array): Closed {
  if (task.objective === 'absolute') {
    const leaves = leavesOf(state);
    const brackets = new Float64Array(leaves.length * BRACKET.length);
    leaves.forEach((_, l) => {
      const at = TAG.length + l * LEAF_SUM.length;
      brackets.set([sums[at + LEAF_SUM.low]!, sums[at + LEAF_SUM.high]!], l * BRACKET.length);
    });
    const head = headOf(state, { [HEAD.phase]: PHASE.narrow, [HEAD.pass]: 0 });
    return closed({ ...state, brackets, head }, null);
  }
  const unit = 2 ** task.quanta.bits;
  const values = leavesOf(state).map(({ output, node }, l) => {
    const at = TAG.length + l * LEAF_SUM.length;
    const g = (sums[at + LEAF_SUM.gradient]! / unit) * state.head[HEAD.gradient]!;
    const h = (sums[at + LEAF_SUM.hessian]! / unit) * state.head[HEAD.hessian]!;
    const value = leafValue(g, h, task.params, rangeOf(state, output, node));
    return Math.fround(value * task.params.learningRate);
  });
  return finishStep(task, state, values, boundsAfter(task, state, values, sums));
}

function rangeOf({ growing }: BoostingState, output: number, node: number): Range {
  const { bounds } = growing[output]!;
  if (bounds.length === 0) return unbounded;
  return { low: bounds[2 * node]!, high: bounds[2 * node + 1]! };
}

/** Rounding must not lift a row above its bound; what is clipped there is far below a level. */
const SLACK = 1 + 1e-9;

/** Bounds of the next step's gradients, from those of each leaf's rows and the value they get. */
function boundsAfter(
  { objective, problem }: BoostingTask,
  { head }: BoostingState,
  values: readonly number[],
  sums: Float64Array,
): Bounds {
  const same = { gradient: head[HEAD.gradient]!, hessian: head[HEAD.hessian]! };
  if (problem.kind !== 'regression' || objective === 'absolute') return same;
  const heaviest = head[HEAD.heaviest]!;
  let most = 0;
  values.forEach((value, l) => {
    const at = TAG.length + l * LEAF_SUM.length;
    const [low, high] = [sums[at + LEAF_SUM.low]!, sums[at + LEAF_SUM.high]!];
    if (low > high) return;
    most =
      objective === 'poisson'
        ? Math.max(most, expOf(high + value))
        : Math.max(most, high + value, -(low + value));
  });
  if (objective === 'squared') return { gradient: most * heaviest * SLACK, hessian: heaviest };
  return {
    gradient: Math.max(most, head[HEAD.high]!) * heaviest * SLACK,
    hessian: most * POISSON_SLACK * heaviest * SLACK,
  };
}

function closePass(task: BoostingTask, state: BoostingState, sums: Float64Array): Closed {
  const brackets = narrow(state, sums, TAG.length);
  const pass = state.head[HEAD.pass]! + 1;
  const next = { ...state, brackets, head: headOf(state, { [HEAD.pass]: pass }) };
  if (pass < PASSES) return closed(next, null);
  const values = leavesOf(next).map((_, l) => {
    const median = medianOf(next, l);
    // A leaf without rows in the tree's sample has no bracket.
    return Number.isFinite(median) ? Math.fround(-median * task.params.learningRate) : 0;
  });
  const { head } = state;
  const bounds = { gradient: head[HEAD.gradient]!, hessian: head[HEAD.hessian]! };
  return finishStep(task, { ...next, brackets: new Float64Array(0) }, values, bounds);
}

/** Puts the grown trees behind the others, and begins the next or ends. */
function finishStep(
  task: BoostingTask,
  state: BoostingState,
  values: readonly number[],
  bounds: Bounds,
): Closed {
  const step = state.head[HEAD.step]! + 1;
  checkFinite(values, bounds, step);
  const leaves = leavesOf(state);
  const trees = state.growing.map((tree, k): FinishedTree => {
    const own = values.filter((_, l) => leaves[l]!.output === k);
    return { ...grown(tree), values: Float32Array.from(own) };
  });
  const done = step >= task.params.trees;
  const measured = done && state.head[HEAD.heldBack]! > 0;
  const next: BoostingState = {
    ...state,
    trees: Buffer.concat([state.trees, state.latest]),
    latest: encodeTrees(trees),
    ...(done ? { growing: [], pairs: [] } : roots(task)),
    parents: none,
    head: headOf(state, {
      [HEAD.phase]: done ? PHASE.measure : PHASE.level,
      ...{ [HEAD.step]: step, [HEAD.level]: 0, [HEAD.pass]: 0 },
      ...{ [HEAD.gradient]: bounds.gradient, [HEAD.hessian]: bounds.hessian },
    }),
  };
  const metrics = { leaves: values.length, ...lossMetrics(task, state) };
  return closed(next, done && !measured ? 'rounds' : null, metrics);
}

/** @throws LearnerError where the fit has run away, naming what to change */
function checkFinite(values: readonly number[], bounds: Bounds, step: number): void {
  const worst = values.find((value) => !Number.isFinite(value));
  if (worst === undefined && Number.isFinite(bounds.gradient + bounds.hessian)) return;
  throw new LearnerError(
    `training ran away with tree ${step}: a leaf is worth ${worst ?? bounds.gradient}; lower params.learningRate or raise params.l2`,
  );
}
