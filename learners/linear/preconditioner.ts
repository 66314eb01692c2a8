/**
 * A first estimate of the Hessian from sums of products, which L-BFGS starts from.
 *
 * `c X'X / n` with the intercept's column, plus the L2 penalty, where c bounds the loss's second
 * derivative (Boehning 1992), so that even the first step is safe. It takes out what correlated
 * columns and rare levels would cost: tens of rounds do where hundreds were needed.
 */
import { factorise, solve, triangleLength } from '../cholesky.ts';
import { HEAD, type LinearState } from './linear-state.ts';
import { type LinearSum, SUM } from './linear-sum.ts';
import { CURVATURE, type LinearTask } from './linear-task.ts';
import { triangleAt } from './normal-equations.ts';

/** Pivots below this are no curvature. */
const PIVOT_MIN = 1e-13;

/** Writes the factor of the estimate into the state. */
export function estimateCurvature(task: LinearTask, state: LinearState, sum: LinearSum): void {
  const { width } = task.layout;
  const rows = sum.head[SUM.rows]!;
  const bound = CURVATURE[task.loss] / rows;
  const n = width + 1;
  const matrix = new Float64Array(n * n);
  const sums = triangleLength(width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = bound * sum.body[triangleAt(width, j, i)]!;
    matrix[i * n + i]! += task.params.l2 / state.head[HEAD.rows]!;
    matrix[width * n + i] = bound * sum.body[sums + i]!;
  }
  matrix[n * n - 1] = bound * rows;
  factorise(matrix, n, PIVOT_MIN, state.factor);
}

/** Multiplies by the inverse of the estimate, in place, each output for itself. */
export function precondition(factor: Float64Array, outputs: number, vector: Float64Array): void {
  const width = vector.length / outputs - 2;
  const one = new Float64Array(width + 1);
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < width; i++) one[i] = vector[i * outputs + k]!;
    one[width] = vector[(width + 1) * outputs + k]!;
    solve(factor, one);
    for (let i = 0; i < width; i++) vector[i * outputs + k] = one[i]!;
    vector[(width + 1) * outputs + k] = one[width]!;
  }
}
