/**
 * Gradients and hessians of the losses, as whole numbers: in fixed point, and rounded at random to
 * the few levels that histograms sum.
 *
 * The rounding is keyed by seed, step, output and the row's own key, so it depends on no layout. The
 * scales are bounds that hold for all rows, known from the state. The mean of a row's level over all
 * keys is its gradient: sums are unbiased.
 */
import { hash32 } from '../random.ts';
import type { BoostedRows } from './boosted-rows.ts';
import { type BoostingState, HEAD } from './boosting-state.ts';
import type { BoostingTask, Quanta } from './boosting-task.ts';
import { expOf, logistic } from './exponential.ts';
import type { HeldRows } from './held-rows.ts';

/** Keys the rounding and the choice of rows of a tree. */
const ROUNDING = 0x726e6400;
const BAG = 0x62616700;

/** LightGBM's `poisson_max_delta_step`: hessians are this much larger, so that steps stay small. */
export const POISSON_SLACK = expOf(0.7);

/** 1 for each row that the step's trees are grown on. */
export function bagOf(
  { problem, params }: BoostingTask,
  { head }: BoostingState,
  rows: BoostedRows,
): Uint8Array {
  const bag = new Uint8Array(rows.trained).fill(1);
  if (params.rowSample >= 1) return bag;
  const key = hash32(problem.seed, BAG, head[HEAD.step]!);
  const limit = params.rowSample * 2 ** 32;
  for (let row = 0; row < bag.length; row++)
    bag[row] = Number(mixed(rows.keys[row]! ^ key) < limit);
  return bag;
}

/** As `mix32`, which the compiler does not always put in place of a call. */
function mixed(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Fills `words`, `gradients` and `hessians` of the rows that are trained on. */
export function fillGradients(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
): void {
  if (task.objective === 'softmax') fillClasses(task, state, rows, held);
  else fillOne(task, state, rows, held);
}

/** Fixed-point numbers and the word of a row, all outputs through one place. */
class Quantiser {
  readonly #held: HeldRows;
  readonly #gradient: number;
  readonly #hessian: number;
  readonly #most: number;
  readonly #gradientShift: number;
  readonly #hessianShift: number;
  readonly #shift: number;
  readonly #counts: boolean;

  constructor({ quanta }: BoostingTask, { head }: BoostingState, held: HeldRows) {
    this.#held = held;
    this.#most = 2 ** quanta.bits;
    this.#gradient = scaleOf(head[HEAD.gradient]!, quanta);
    this.#hessian = scaleOf(head[HEAD.hessian]!, quanta);
    this.#gradientShift = quanta.bits - (31 - Math.clz32(quanta.gradient));
    this.#hessianShift = quanta.bits - (31 - Math.clz32(quanta.hessian));
    this.#shift = quanta.shift;
    this.#counts = quanta.hessian === 1;
  }

  /** @param key random bits of this row, step and output */
  put(at: number, gradient: number, hessian: number, key: number): void {
    const most = this.#most;
    const g = Math.min(most, Math.max(-most, Math.floor(gradient * this.#gradient + 0.5)));
    this.#held.gradients[at] = g;
    const level = (g + spread(key >>> 16, this.#gradientShift)) >> this.#gradientShift;
    if (this.#counts) {
      this.#held.words[at] = (level << this.#shift) + 1;
      return;
    }
    const h = Math.min(most, Math.max(0, Math.floor(hessian * this.#hessian + 0.5)));
    this.#held.hessians[at] = h;
    const weight = (h + spread(key & 0xffff, this.#hessianShift)) >> this.#hessianShift;
    this.#held.words[at] = (level << this.#shift) + weight;
  }
}

/** What a bound is multiplied with to give the most that fixed point holds. */
function scaleOf(bound: number, { bits }: Quanta): number {
  return bound > 0 ? 2 ** bits / bound : 0;
}

/** 16 random bits as a number below 2^shift. */
function spread(random: number, shift: number): number {
  return shift >= 16 ? random << (shift - 16) : random >>> (16 - shift);
}

/** Factor of each row's loss. */
export function weightOf(rows: BoostedRows, classWeights: Float64Array, row: number): number {
  const own = rows.weights.length === 0 ? 1 : rows.weights[row]!;
  return classWeights.length === 0 ? own : own * classWeights[rows.targets[row]!]!;
}

function fillOne(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
): void {
  const quantiser = new Quantiser(task, state, held);
  const key = hash32(task.problem.seed, ROUNDING, state.head[HEAD.step]!, 0);
  const { objective } = task;
  const { classWeights } = state;
  for (let row = 0; row < rows.trained; row++) {
    const margin = held.margins[row]!;
    const target = rows.targets[row]!;
    const weight = weightOf(rows, classWeights, row);
    let gradient = margin - target;
    let hessian = 1;
    if (objective === 'logistic') {
      const p = logistic(margin);
      gradient = p - target;
      hessian = p * (1 - p);
    } else if (objective === 'absolute') {
      gradient = gradient > 0 ? 1 : gradient < 0 ? -1 : 0;
    } else if (objective === 'poisson') {
      const mean = expOf(margin);
      gradient = mean - target;
      hessian = mean * POISSON_SLACK;
    }
    quantiser.put(row, gradient * weight, hessian * weight, mixed(rows.keys[row]! ^ key));
  }
}

function fillClasses(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
): void {
  const { outputs, problem } = task;
  const quantiser = new Quantiser(task, state, held);
  const step = state.head[HEAD.step]!;
  const keys = Array.from({ length: outputs }, (_, k) => hash32(problem.seed, ROUNDING, step, k));
  const shares = new Float64Array(outputs);
  const factor = outputs / (outputs - 1);
  for (let row = 0; row < rows.trained; row++) {
    sharesOf(held.margins, row, rows.rows, shares);
    const weight = weightOf(rows, state.classWeights, row);
    const target = rows.targets[row]!;
    for (let k = 0; k < outputs; k++) {
      const p = shares[k]!;
      const gradient = (p - Number(k === target)) * weight;
      const hessian = factor * p * (1 - p) * weight;
      quantiser.put(k * rows.rows + row, gradient, hessian, mixed(rows.keys[row]! ^ keys[k]!));
    }
  }
}

/** Probabilities of the classes from margins that lie `stride` apart. */
export function sharesOf(
  margins: Float64Array,
  at: number,
  stride: number,
  out: Float64Array,
): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < out.length; k++) highest = Math.max(highest, margins[at + k * stride]!);
  let sum = 0;
  for (let k = 0; k < out.length; k++) {
    out[k] = expOf(margins[at + k * stride]! - highest);
    sum += out[k]!;
  }
  for (let k = 0; k < out.length; k++) out[k]! /= sum;
}
