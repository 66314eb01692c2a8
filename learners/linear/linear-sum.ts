/**
 * Sums of linear fits: what a slice contributes in each phase, and the law by which two are joined.
 *
 * Law: every number is added to its like, and column moments are joined by `combineMoments`, so the
 * order of the two sides matters only to rounding. Counts of rows and classes are whole and exact.
 */

import { triangleLength } from '../cholesky.ts';
import { combineMoments, momentsLength } from '../encoding/moments.ts';
import { LearnerError } from '../errors.ts';
import { bytesOf, doublesOf } from '../round-bytes.ts';
import { PHASE } from './linear-state.ts';
import type { LinearTask } from './linear-task.ts';

/** Scalars at the head of a sum, by index. */
export const SUM = {
  /** `PHASE` of the round. */
  phase: 0,
  /** Training rows of the slice (phase measure), or rows that the loss was summed over. */
  rows: 1,
  loss: 2,
  validationRows: 3,
  validationLoss: 4,
  /** Phase products: sums of the scaled target and of its square. */
  target: 5,
  targetSquares: 6,
  /** Mode local: training rows behind the averaged weights. */
  weight: 7,
} as const;
const HEAD_LENGTH = 8;

export interface LinearSum {
  readonly bytes: Uint8Array;
  readonly head: Float64Array;
  /** What follows the head; `sumLength` says what it is in each phase. */
  readonly body: Float64Array;
}

/** Numbers of the body. */
function bodyLength(task: LinearTask, phase: number): number {
  const { layout, size, solver, mode, problem } = task;
  if (phase === PHASE.measure) return problem.classes.length + momentsLength(measuredCells(task));
  if (phase === PHASE.products) return triangleLength(layout.width) + 2 * layout.width;
  if (mode === 'sync') return size;
  return size * (solver === 'adam' ? 3 : 2);
}

/** Columns that are measured: the numbers, and a target that is a number. */
export function measuredCells({ layout, loss }: LinearTask): number {
  return layout.numbers.length + (loss === 'squared' ? 1 : 0);
}

/** The largest sum of a fit, in bytes. */
export function sumBytes(task: LinearTask): number {
  const phases: number[] = [PHASE.measure, PHASE.descend];
  if (task.products) phases.push(PHASE.products);
  const body = Math.max(...phases.map((phase) => bodyLength(task, phase)));
  return 8 * (HEAD_LENGTH + body);
}

export function newSum(task: LinearTask, phase: number): LinearSum {
  const floats = new Float64Array(HEAD_LENGTH + bodyLength(task, phase));
  floats[SUM.phase] = phase;
  return split(bytesOf(floats), floats);
}

/** A view of a sum, held to the phase that it must be of. */
export function readSum(task: LinearTask, bytes: Uint8Array, phase: number): LinearSum {
  const sum = split(bytes, doublesOf(bytes));
  const found = sum.head[SUM.phase];
  const expected = 8 * (HEAD_LENGTH + bodyLength(task, phase));
  if (found !== phase || bytes.length !== expected) {
    throw new LearnerError(
      `sum of phase ${found} has ${bytes.length} bytes, phase ${phase} has ${expected}`,
    );
  }
  return sum;
}

function split(bytes: Uint8Array, floats: Float64Array): LinearSum {
  return { bytes, head: floats.subarray(0, HEAD_LENGTH), body: floats.subarray(HEAD_LENGTH) };
}

/** Joins two sums of the same phase, the lower slices first. */
export function combineSums(task: LinearTask, left: Uint8Array, right: Uint8Array): Uint8Array {
  const a = doublesOf(left);
  const b = doublesOf(right);
  const phase = a[SUM.phase]!;
  if (a.length !== b.length || b[SUM.phase] !== phase) {
    throw new LearnerError(
      `sums of ${left.length} and ${right.length} bytes are not of the same round`,
    );
  }
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i]! + b[i]!;
  out[SUM.phase] = phase;
  if (phase === PHASE.measure) {
    const from = HEAD_LENGTH + task.problem.classes.length;
    combineMoments(a.subarray(from), b.subarray(from), out.subarray(from));
  }
  return bytesOf(out);
}
