/**
 * The rounds at the end of a tree: sums over the rows of each leaf, from gradients that were not
 * rounded to levels, and for the absolute loss the medians of residuals, narrowed down in passes.
 *
 * Sums are whole numbers or minima and maxima, so their order does not matter. They follow a head of
 * words that all sums of boosting begin with.
 */
import { LEAF } from './bin-tree.ts';
import type { BoostedRows } from './boosted-rows.ts';
import type { BoostingState } from './boosting-state.ts';
import { HEAD } from './boosting-state.ts';
import type { BoostingTask } from './boosting-task.ts';
import { type HeldRows, SPAN } from './held-rows.ts';

/** Numbers of a leaf: gradient, hessian, and bounds of what `tracked` says. */
export const LEAF_SUM = { gradient: 0, hessian: 1, low: 2, high: 3, length: 4 } as const;
/** Parts that a bracket is cut into in one pass, and the passes. */
export const PARTS = 1024;
export const PASSES = 2;
/** Numbers of a bracket: its bounds, weight below it, and weight in all. */
export const BRACKET = { low: 0, high: 1, below: 2, all: 3, length: 4 } as const;
/** Bits of a weight in fixed point. */
const WEIGHT_BITS = 20;

/** Leaves of all growing trees, as nodes. */
export function leavesOf({ growing }: BoostingState): { output: number; node: number }[] {
  return growing.flatMap(({ feature }, output) =>
    Array.from(feature.keys())
      .filter((node) => feature[node] === LEAF)
      .map((node) => ({ output, node })),
  );
}

/** What is followed of each row so that the next step's bounds are known: residual or margin. */
function tracked({ objective }: BoostingTask, rows: BoostedRows, held: HeldRows, row: number) {
  const margin = held.margins[row]!;
  return objective === 'poisson' ? margin : margin - rows.targets[row]!;
}

export function sumLeaves(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
  head: number,
): Float64Array {
  const leaves = leavesOf(state);
  const sums = new Float64Array(head + leaves.length * LEAF_SUM.length);
  const follows = task.problem.kind === 'regression';
  const unit = 2 ** task.quanta.bits;
  leaves.forEach(({ output, node }, l) => {
    const from = output * rows.rows;
    const span = SPAN.length * (output * task.nodesMax + node);
    const start = from + held.spans[span + SPAN.from]!;
    const count = held.spans[span + SPAN.count]!;
    let [gradient, hessian] = [0, 0];
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const follow = (row: number) => {
      const value = tracked(task, rows, held, row);
      if (value < low) low = value;
      if (value > high) high = value;
    };
    for (let i = start; i < start + count; i++) {
      const row = held.order[i]!;
      gradient += held.gradients[from + row]!;
      if (held.hessians.length > 0) hessian += held.hessians[from + row]!;
      if (follows) follow(row);
    }
    if (held.hessians.length === 0) hessian = count * unit;
    const other = from + held.spans[span + SPAN.otherFrom]!;
    for (let i = 0; follows && i < held.spans[span + SPAN.otherCount]!; i++) {
      const row = held.order[other + i]!;
      if (row < rows.trained) follow(row);
    }
    sums.set([gradient, hessian, low, high], head + l * LEAF_SUM.length);
  });
  return sums;
}

/** Law: whole numbers are added, bounds widen. Heads are the caller's. */
export function addLeaves(left: Float64Array, right: Float64Array, head: number): Float64Array {
  const sums = left.slice();
  for (let at = head; at < sums.length; at += LEAF_SUM.length) {
    sums[at]! += right[at]!;
    sums[at + 1]! += right[at + 1]!;
    sums[at + 2] = Math.min(left[at + 2]!, right[at + 2]!);
    sums[at + 3] = Math.max(left[at + 3]!, right[at + 3]!);
  }
  return sums;
}

/** Weight of the residuals in each part of each leaf's bracket; of one output. */
export function sumParts(
  { nodesMax }: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
  head: number,
): Float64Array {
  const leaves = leavesOf(state);
  const sums = new Float64Array(head + leaves.length * PARTS);
  const heaviest = state.head[HEAD.heaviest]!;
  leaves.forEach(({ output, node }, l) => {
    const span = SPAN.length * (output * nodesMax + node);
    const start = held.spans[span + SPAN.from]!;
    const low = state.brackets[l * BRACKET.length + BRACKET.low]!;
    const high = state.brackets[l * BRACKET.length + BRACKET.high]!;
    const first = state.head[HEAD.pass] === 0;
    for (let i = start; i < start + held.spans[span + SPAN.count]!; i++) {
      const row = held.order[i]!;
      const residual = held.margins[row]! - rows.targets[row]!;
      // In the first pass all are inside; later those at the upper end belong to the next bracket.
      if (!first && (residual < low || residual >= high)) continue;
      const weight = rows.weights.length === 0 ? 1 : rows.weights[row]! / heaviest;
      sums[head + l * PARTS + partOf(residual, low, high)]! += Math.round(
        weight * 2 ** WEIGHT_BITS,
      );
    }
  });
  return sums;
}

function partOf(residual: number, low: number, high: number): number {
  if (!(high > low)) return 0;
  const part = Math.floor(((residual - low) / (high - low)) * PARTS);
  return Math.min(PARTS - 1, Math.max(0, part));
}

export function addParts(left: Float64Array, right: Float64Array, head: number): Float64Array {
  const sums = left.slice();
  for (let at = head; at < sums.length; at++) sums[at]! += right[at]!;
  return sums;
}

/** The brackets after a pass: each around the part in which half of the weight is reached. */
export function narrow(state: BoostingState, sums: Float64Array, head: number): Float64Array {
  const brackets = state.brackets.slice();
  for (let l = 0; l * BRACKET.length < brackets.length; l++) {
    const at = l * BRACKET.length;
    const parts = sums.subarray(head + l * PARTS, head + (l + 1) * PARTS);
    if (state.head[HEAD.pass] === 0) {
      brackets[at + BRACKET.all] = parts.reduce((sum, weight) => sum + weight, 0);
    }
    const half = brackets[at + BRACKET.all]! / 2;
    let below = brackets[at + BRACKET.below]!;
    let part = 0;
    while (part + 1 < PARTS && below + parts[part]! < half) below += parts[part++]!;
    const low = brackets[at + BRACKET.low]!;
    const width = (brackets[at + BRACKET.high]! - low) / PARTS;
    brackets.set([low + part * width, low + (part + 1) * width, below], at);
  }
  return brackets;
}

/** Median of each leaf's residuals, once all passes are done. */
export function medianOf(state: BoostingState, leaf: number): number {
  const at = leaf * BRACKET.length;
  return (state.brackets[at + BRACKET.low]! + state.brackets[at + BRACKET.high]!) / 2;
}
