/**
 * Sums of products over all rows, and linear regression solved outright from them.
 *
 * The body of such a sum holds the upper triangle of X'X, the sums of the columns, and X'y, all of
 * scaled values. For the solution the intercept is taken out by centring. With an L1 penalty the
 * system is solved by coordinate descent (Friedman, Hastie and Tibshirani 2010), without by Cholesky.
 */

import { factorise, solve, triangleLength } from '../cholesky.ts';
import type { TargetRows } from '../encoding/training-rows.ts';
import type { Progress } from '../learner.ts';
import { HEAD, type LinearState, PHASE } from './linear-state.ts';
import { type LinearSum, newSum, SUM } from './linear-sum.ts';
import type { LinearTask } from './linear-task.ts';
import { blockRows, loadBlock, newBlock } from './row-block.ts';

/** Multiplications that coordinate descent may take, some seconds' worth, in sweeps of n^2. */
const DESCENT_MAX = 2e9;
/** Squares of a scaled column sum to about its rows, of a level to its rows; less is rounding. */
const SQUARE_MIN = 1e-9;

/** Sums of products over the rows of a slice. */
export function sumProducts(
  task: LinearTask,
  state: LinearState,
  { design, targets }: TargetRows,
  progress: Progress,
): LinearSum {
  const { layout } = task;
  const { width, codes } = layout;
  const numbers = layout.numbers.length;
  const sum = newSum(task, PHASE.products);
  const block = newBlock(numbers, 1);
  const columns = new Int32Array(numbers + codes);
  const values = new Float64Array(numbers + codes).fill(1);
  for (let d = 0; d < numbers; d++) columns[d] = d;
  for (let first = 0; first < design.rows; first += blockRows) {
    loadBlock(design, state.scaling, null, first, design.rows, block);
    for (let i = 0; i < block.count; i++) {
      const row = first + i;
      for (let d = 0; d < numbers; d++) values[d] = block.x[i * numbers + d]!;
      let entries = numbers;
      for (let c = 0; c < codes; c++) {
        const column = design.codes[row * codes + c]!;
        if (column < width) columns[entries++] = column;
      }
      const y = (targets[row]! - state.head[HEAD.targetMean]!) / state.head[HEAD.targetScale]!;
      addProducts(width, columns, values, entries, y, sum.body);
      sum.head[SUM.target]! += y;
      sum.head[SUM.targetSquares]! += y * y;
    }
    progress(first + block.count, design.rows);
  }
  sum.head[SUM.rows] = design.rows;
  return sum;
}

/** Adds one row's products; the first numbers are dense, the columns ascending. */
function addProducts(
  width: number,
  columns: Int32Array,
  values: Float64Array,
  entries: number,
  y: number,
  body: Float64Array,
): void {
  const sums = triangleLength(width);
  for (let i = 0; i < entries; i++) {
    const value = values[i]!;
    const column = columns[i]!;
    const at = triangleAt(width, column, 0);
    for (let j = i; j < entries; j++) body[at + columns[j]!]! += value * values[j]!;
    body[sums + column]! += value;
    body[sums + width + column]! += value * y;
  }
}

/** Where entry (i, j) of the upper triangle stands in the body, for i <= j. */
export const triangleAt = (width: number, i: number, j: number): number =>
  i * width - triangleLength(i) + j;

export interface Solved {
  /** Mean of half the squared errors, of scaled targets. */
  readonly loss: number;
  /** Largest part of the mean gradient that is left. */
  readonly gradientNorm: number;
}

/** Writes the optimal weights into the state. */
export function solveProducts(task: LinearTask, state: LinearState, sum: LinearSum): Solved {
  const { width } = task.layout;
  const { l1, l2 } = task.params;
  const { head, weights } = state;
  const rows = sum.head[SUM.rows]!;
  const { matrix, right, means } = centred(width, sum, rows);
  const target = sum.head[SUM.target]! / rows;
  for (let i = 0; i < width; i++) matrix[i * width + i]! += l2;
  const l1Scaled = l1 / head[HEAD.targetScale]!;
  const found = l1 > 0 ? descend(matrix, right, l1Scaled) : solveFor(matrix, right);
  weights.fill(0);
  weights.set(found);
  let intercept = target;
  for (let i = 0; i < width; i++) intercept -= means[i]! * found[i]!;
  weights[weights.length - 1] = intercept;
  let squares = sum.head[SUM.targetSquares]! - rows * target * target;
  let gradientNorm = 0;
  for (let i = 0; i < width; i++) {
    let product = 0;
    for (let j = 0; j < width; j++) product += matrix[i * width + j]! * found[j]!;
    // The penalty's share of the diagonal is no error of the fit.
    squares += found[i]! * (product - l2 * found[i]! - 2 * right[i]!);
    const left = Math.abs(shrink(found[i]!, product - right[i]!, l1Scaled));
    if (!(left <= gradientNorm)) gradientNorm = left;
  }
  return { loss: squares > 0 ? squares / 2 / rows : 0, gradientNorm: gradientNorm / rows };
}

/** The part of a subgradient that no choice within [-l1, l1] makes vanish. */
function shrink(weight: number, slope: number, l1: number): number {
  if (weight !== 0) return slope + (weight > 0 ? l1 : -l1);
  return slope > l1 ? slope - l1 : slope < -l1 ? slope + l1 : 0;
}

/** The full matrix and right side, of columns and target brought to mean 0. */
function centred(width: number, sum: LinearSum, rows: number) {
  const sums = triangleLength(width);
  const matrix = new Float64Array(width * width);
  const right = new Float64Array(width);
  const means = new Float64Array(width);
  const { body, head } = sum;
  for (let i = 0; i < width; i++) means[i] = body[sums + i]! / rows;
  for (let i = 0, at = 0; i < width; i++) {
    right[i] = body[sums + width + i]! - means[i]! * head[SUM.target]!;
    for (let j = i; j < width; j++, at++) {
      const value = body[at]! - means[i]! * body[sums + j]!;
      matrix[i * width + j] = value;
      matrix[j * width + i] = value;
    }
  }
  return { matrix, right, means };
}

/** Solves A w = b. */
function solveFor(a: Float64Array, b: Float64Array): Float64Array {
  const lower = new Float64Array(triangleLength(b.length));
  factorise(a, b.length, SQUARE_MIN, lower);
  const w = b.slice();
  solve(lower, w);
  return w;
}

/** Minimises w'Aw / 2 - b'w + l1 |w|_1, one weight at a time, to the limit of rounding. */
function descend(a: Float64Array, b: Float64Array, l1: number): Float64Array {
  const n = b.length;
  const w = new Float64Array(n);
  /** b - A w, kept up to date. */
  const rest = b.slice();
  const sweeps = Math.min(10_000, Math.ceil(DESCENT_MAX / n / n));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = 0;
    for (let i = 0; i < n; i++) {
      const own = a[i * n + i]!;
      if (!(own > SQUARE_MIN)) continue;
      const pull = rest[i]! + own * w[i]!;
      const next = pull > l1 ? (pull - l1) / own : pull < -l1 ? (pull + l1) / own : 0;
      const move = next - w[i]!;
      if (move === 0) continue;
      w[i] = next;
      for (let j = 0; j < n; j++) rest[j]! -= move * a[i * n + j]!;
      // The change of the objective, in proportion to what there is to explain.
      moved = Math.max(moved, Math.abs(move) * Math.sqrt(own));
    }
    if (moved <= 1e-12 * Math.sqrt(n)) break;
  }
  return w;
}
