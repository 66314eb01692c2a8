/**
 * One step downhill by momentum (Polyak's heavy ball) or Adam (Kingma and Ba 2015).
 *
 * The L2 penalty is part of the gradient; the L1 penalty is taken by its proximal map after the
 * step, so that weights become exactly zero. Intercepts are not penalised.
 */
import { HEAD } from './linear-state.ts';
import { CURVATURE, type LinearTask } from './linear-task.ts';
import { meanPenalties } from './objective.ts';

const RATE_1 = 0.9;
const RATE_2 = 0.999;
const EPSILON = 1e-8;
const ADAM_STEP = 0.05;
const DECAY = 0.01;

/** What steps change. */
export interface Stepped {
  readonly head: Float64Array;
  readonly weights: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The size of the next step, before Adam's scaling. */
export function stepSize(task: LinearTask, head: Float64Array): number {
  const { learningRate, decay, batch } = task.params;
  const adam = task.solver === 'adam';
  // For momentum one over a bound on the curvature, which is safe whatever the data.
  const bound = CURVATURE[task.loss] * head[HEAD.rowNorm]! + meanPenalties(task, head).l2;
  const rate = learningRate ?? (adam ? ADAM_STEP : 1 / bound);
  const fading = decay ?? (!adam && batch === null && task.mode === 'sync' ? 0 : DECAY);
  return rate / (1 + fading * head[HEAD.steps]!);
}

/** @param gradient of the sum of losses over `rows` rows; is overwritten */
export function takeStep(
  task: LinearTask,
  to: Stepped,
  gradient: Float64Array,
  rows: number,
): void {
  const { penalised } = task;
  const { head, weights } = to;
  const { l1, l2 } = meanPenalties(task, head);
  const size = stepSize(task, head);
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = gradient[i]! / rows + (i < penalised ? l2 * weights[i]! : 0);
  }
  countStep(task, head);
  if (task.solver === 'adam') stepAdam(to, gradient, size, l1, penalised);
  else stepMomentum(to, gradient, size, task.params.momentum, l1, penalised);
}

/** Counts a step, with the powers of Adam's rates. */
export function countStep(task: LinearTask, head: Float64Array): void {
  head[HEAD.steps]!++;
  if (task.solver !== 'adam') return;
  head[HEAD.power1]! *= RATE_1;
  head[HEAD.power2]! *= RATE_2;
}

function stepMomentum(
  { weights, first }: Stepped,
  gradient: Float64Array,
  size: number,
  momentum: number,
  l1: number,
  penalised: number,
): void {
  for (let i = 0; i < weights.length; i++) {
    const from = weights[i]!;
    const velocity = momentum * first[i]! - size * gradient[i]!;
    const moved = from + velocity;
    const kept = l1 > 0 && i < penalised ? shrunk(moved, size * l1) : moved;
    weights[i] = kept;
    // What the penalty took must not stay in the velocity: at rest it has to be zero.
    first[i] = kept === moved ? velocity : kept - from;
  }
}

function stepAdam(
  { head, weights, first, second }: Stepped,
  gradient: Float64Array,
  size: number,
  l1: number,
  penalised: number,
): void {
  const unbias1 = 1 - head[HEAD.power1]!;
  const unbias2 = 1 - head[HEAD.power2]!;
  for (let i = 0; i < weights.length; i++) {
    const slope = gradient[i]!;
    const m = RATE_1 * first[i]! + (1 - RATE_1) * slope;
    const v = RATE_2 * second[i]! + (1 - RATE_2) * slope * slope;
    first[i] = m;
    second[i] = v;
    const rate = size / (Math.sqrt(v / unbias2) + EPSILON);
    const moved = weights[i]! - (rate * m) / unbias1;
    weights[i] = l1 > 0 && i < penalised ? shrunk(moved, rate * l1) : moved;
  }
}

/** The proximal map of the absolute value: nearer to zero by `by`, and zero within it. */
function shrunk(value: number, by: number): number {
  return value > by ? value - by : value < -by ? value + by : 0;
}
