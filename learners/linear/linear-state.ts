/**
 * The state of a linear fit: Float64 numbers end to end, a head of scalars and then the vectors.
 *
 * Which vectors there are, and so the length, follows from the task alone. `weights` are those that
 * the round evaluates; all vectors of weights have the order that `LinearTask` describes.
 */

import { triangleLength } from '../cholesky.ts';
import type { Scaling } from '../encoding/scaling.ts';
import { LearnerError } from '../errors.ts';
import { doublesOf } from '../round-bytes.ts';
import type { LinearTask } from './linear-task.ts';

/** Scalars at the head, by index. */
export const HEAD = {
  /** What this round collects: `PHASE`. */
  phase: 0,
  /** Training rows over all slices. */
  rows: 1,
  /** Steps taken so far by momentum or adam. */
  steps: 2,
  targetMean: 3,
  targetScale: 4,
  /** Mean number of squares in a scaled row, from which a safe step follows. */
  rowNorm: 5,
  /** Lowest mean loss on the rows held back so far, and the round before which it was seen. */
  bestLoss: 6,
  bestRound: 7,
  /** Mean loss of the accepted weights; their objective. */
  loss: 8,
  objective: 9,
  /** First mean loss, to tell divergence. */
  firstLoss: 10,
  /** Powers of adam's two rates. */
  power1: 11,
  power2: 12,
  /** L-BFGS: pairs kept, where the next goes, length of the trial step, slope, trials so far. */
  pairs: 13,
  next: 14,
  length: 15,
  slope: 16,
  trials: 17,
  validationLoss: 18,
  gradientNorm: 19,
} as const;
const HEAD_LENGTH = 24;

export const PHASE = { measure: 0, products: 1, descend: 2 } as const;

/** Pairs of differences that L-BFGS keeps: ten, fewer where the state would grow beyond bounds. */
const pairsOf = (size: number): number =>
  Math.max(3, Math.min(10, Math.floor(2 ** 20 / Math.max(1, size))));

export interface LinearState {
  readonly bytes: Uint8Array;
  readonly head: Float64Array;
  readonly scaling: Scaling;
  readonly weights: Float64Array;
  /** The weights that were best on the rows held back; empty without them. */
  readonly best: Float64Array;
  /** Momentum's velocity or adam's first moment; empty for others. */
  readonly first: Float64Array;
  /** Adam's second moment; empty for others. */
  readonly second: Float64Array;
  /** L-BFGS: the last accepted weights, their gradient, the direction of search. */
  readonly accepted: Float64Array;
  readonly gradient: Float64Array;
  readonly direction: Float64Array;
  /** L-BFGS: differences of weights and of gradients, `pairsOf(size) x size` each. */
  readonly moves: Float64Array;
  readonly turns: Float64Array;
  /** L-BFGS: packed factor of the Hessian's first estimate; empty without one. */
  readonly factor: Float64Array;
}

function lengthsOf({ layout, size, solver, params, products }: LinearTask): number[] {
  const numbers = layout.numbers.length;
  const quasiNewton = solver === 'lbfgs' ? size : 0;
  return [
    HEAD_LENGTH,
    numbers,
    numbers,
    size,
    params.validation > 0 ? size : 0,
    solver === 'momentum' || solver === 'adam' ? size : 0,
    solver === 'adam' ? size : 0,
    quasiNewton,
    quasiNewton,
    quasiNewton,
    quasiNewton * pairsOf(size),
    quasiNewton * pairsOf(size),
    solver === 'lbfgs' && products ? triangleLength(layout.width + 1) : 0,
  ];
}

export function stateBytes(task: LinearTask): number {
  return 8 * lengthsOf(task).reduce((sum, length) => sum + length, 0);
}

/** A view of a state's bytes, which is not to be written to. */
export function readState(task: LinearTask, bytes: Uint8Array): LinearState {
  const expected = stateBytes(task);
  if (bytes.length !== expected) {
    throw new LearnerError(`state has ${bytes.length} bytes, this problem's has ${expected}`);
  }
  const floats = doublesOf(bytes);
  let at = 0;
  const parts = lengthsOf(task).map((length) => {
    at += length;
    return floats.subarray(at - length, at);
  });
  const [head, means, scales, weights, best, first, second] = parts as Seven;
  const [accepted, gradient, direction, moves, turns, factor] = parts.slice(7) as Six;
  return {
    bytes,
    head,
    scaling: { means, scales },
    weights,
    best,
    first,
    second,
    accepted,
    gradient,
    direction,
    moves,
    turns,
    factor,
  };
}

type Three = [Float64Array, Float64Array, Float64Array];
type Six = [...Three, ...Three];
type Seven = [...Six, Float64Array];

/** A state of its own that may be written to. */
export function copyState(task: LinearTask, bytes: Uint8Array): LinearState {
  return readState(task, new Uint8Array(bytes));
}

/** What opens round 0: nothing is known yet, all weights are zero. */
export function firstState(task: LinearTask): LinearState {
  const state = readState(task, new Uint8Array(stateBytes(task)));
  state.scaling.scales.fill(1);
  state.head[HEAD.targetScale] = 1;
  state.head[HEAD.power1] = 1;
  state.head[HEAD.power2] = 1;
  return state;
}
