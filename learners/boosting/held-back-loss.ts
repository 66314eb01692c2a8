/**
 * The loss of the rows that are held back, in fixed point, so that its sum is the same in any order.
 */
import { log } from '../math.ts';
import type { BoostedRows } from './boosted-rows.ts';
import { type BoostingState, HEAD } from './boosting-state.ts';
import type { BoostingTask } from './boosting-task.ts';
import { expOf } from './exponential.ts';
import { sharesOf, weightOf } from './gradients.ts';
import type { HeldRows } from './held-rows.ts';

/** A row's loss counts up to so many units. */
const UNITS_MAX = 64;
const LEAST_SHARE = 1e-15;

/** What a loss of one unit is: the loss of a target's whole span, where targets are numbers. */
function unitOf({ objective }: BoostingTask, { head }: BoostingState): number {
  const span = head[HEAD.high]! - head[HEAD.low]!;
  if (objective === 'squared') return span > 0 ? span * span : 1;
  if (objective === 'absolute') return span > 0 ? span : 1;
  return objective === 'poisson' ? Math.max(1, head[HEAD.high]!) : 1;
}

/** Fixed-point steps of a unit; their sum over all rows is exact. */
function stepsOf({ quanta }: BoostingTask): number {
  return 2 ** (quanta.bits - 6);
}

/** `[loss, weight]` in fixed point. */
export function lossOfHeldBack(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
): [number, number] {
  const unit = unitOf(task, state);
  const steps = stepsOf(task);
  const shares = new Float64Array(task.outputs);
  const heaviest = state.head[HEAD.heaviest]!;
  let [loss, weights] = [0, 0];
  for (let row = rows.trained; row < rows.rows; row++) {
    const weight = Math.min(1, weightOf(rows, new Float64Array(0), row) / heaviest);
    const one = lossOf(task, rows.targets[row]!, held.margins, row, rows.rows, shares) / unit;
    loss += Math.round(weight * Math.min(UNITS_MAX, one) * steps);
    weights += Math.round(weight * steps);
  }
  return [loss, weights];
}

/** The mean loss, in the loss's own terms; 0 where nothing is held back. */
export function meanLoss(
  task: BoostingTask,
  state: BoostingState,
  [loss, weights]: readonly [number, number],
): number {
  return weights > 0 ? (loss / weights) * unitOf(task, state) : 0;
}

function lossOf(
  { objective }: BoostingTask,
  target: number,
  margins: Float64Array,
  row: number,
  stride: number,
  shares: Float64Array,
): number {
  const margin = margins[row]!;
  switch (objective) {
    case 'logistic': {
      const signed = target > 0 ? margin : -margin;
      return signed > 0 ? log(1 + expOf(-signed)) : log(1 + expOf(signed)) - signed;
    }
    case 'softmax':
      sharesOf(margins, row, stride, shares);
      return -log(Math.max(LEAST_SHARE, shares[target]!));
    case 'squared':
      return (margin - target) * (margin - target);
    case 'absolute':
      return Math.abs(margin - target);
    case 'poisson':
      return expOf(margin) - target - (target > 0 ? target * (margin - log(target)) : 0);
  }
}
