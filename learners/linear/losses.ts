/**
 * The losses of linear models: from outputs and targets to residuals and the sum of losses.
 *
 * A residual is the derivative of a row's loss by its output. Losses are half the squared error, or
 * -ln p(true class), computed so that no output, however large, overflows.
 */
import { exp, log } from '../math.ts';
import type { Loss } from './linear-task.ts';
import type { Block } from './row-block.ts';

/**
 * Turns the outputs in `z` into residuals.
 * @param targets by row of the design: scaled numbers, or class indices
 * @returns the sum of the block's losses
 */
export function residuals(
  loss: Loss,
  targets: Float64Array,
  centre: number,
  scale: number,
  outputs: number,
  block: Block,
): number {
  if (loss === 'squared') return squaredResiduals(targets, centre, scale, block);
  if (loss === 'logistic') return logisticResiduals(targets, block);
  return softmaxResiduals(targets, outputs, block);
}

function squaredResiduals(
  targets: Float64Array,
  centre: number,
  scale: number,
  { z, rows, count }: Block,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const off = z[i]! - (targets[rows[i]!]! - centre) / scale;
    z[i] = off;
    sum += 0.5 * off * off;
  }
  return sum;
}

function logisticResiduals(targets: Float64Array, { z, rows, count }: Block): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const output = z[i]!;
    const target = targets[rows[i]!]!;
    const small = exp(output < 0 ? output : -output);
    z[i] = (output < 0 ? small : 1) / (1 + small) - target;
    // ln(1 + e^z) - y z, with the large part of the logarithm taken out.
    sum += Math.max(output, 0) - target * output + log(1 + small);
  }
  return sum;
}

function softmaxResiduals(
  targets: Float64Array,
  outputs: number,
  { z, rows, count }: Block,
): number {
  let sum = 0;
  for (let i = 0, from = 0; i < count; i++, from += outputs) {
    const label = from + targets[rows[i]!]!;
    const own = z[label]!;
    const { top, total } = exponentials(z, from, outputs);
    for (let k = 0; k < outputs; k++) z[from + k]! /= total;
    z[label]! -= 1;
    sum += log(total) - (own - top);
  }
  return sum;
}

/** Turns outputs into probabilities, in place. */
export function probabilities(z: Float64Array, from: number, outputs: number): void {
  const { total } = exponentials(z, from, outputs);
  for (let k = 0; k < outputs; k++) z[from + k]! /= total;
}

/** Replaces outputs by e^(output - largest). */
function exponentials(z: Float64Array, from: number, outputs: number) {
  let top = z[from]!;
  for (let k = 1; k < outputs; k++) if (z[from + k]! > top) top = z[from + k]!;
  let total = 0;
  for (let k = 0; k < outputs; k++) {
    const e = exp(z[from + k]! - top);
    z[from + k] = e;
    total += e;
  }
  return { top, total };
}

/** Probability of the second class. */
export function logistic(output: number): number {
  const small = exp(output < 0 ? output : -output);
  return (output < 0 ? small : 1) / (1 + small);
}
