/**
 * What a linear model gives rows, and the gradient that their residuals make, a block at a time.
 *
 * A block's numbers are scaled once and stay in the cache; categories are sums by index, so a row
 * costs as much as it has entries, however many levels there are. Sums run in row order.
 */
import type { DesignRows } from '../encoding/design-rows.ts';
import { type Scaling, scaleRows } from '../encoding/scaling.ts';

/** Rows of a block. */
export const blockRows = 128;

export interface Block {
  /** Scaled numbers, `rows x numbers`. */
  readonly x: Float64Array;
  /** Outputs of the model, then residuals: `rows x outputs`. */
  readonly z: Float64Array;
  /** The rows of the design that the block holds. */
  readonly rows: Int32Array;
  count: number;
}

export function newBlock(numbers: number, outputs: number): Block {
  return {
    x: new Float64Array(blockRows * numbers),
    z: new Float64Array(blockRows * outputs),
    rows: new Int32Array(blockRows),
    count: 0,
  };
}

/** Takes up to `blockRows` rows. @param picks the rows to go through; null: all in order */
export function loadBlock(
  design: DesignRows,
  scaling: Scaling,
  picks: Int32Array | null,
  first: number,
  total: number,
  block: Block,
): void {
  block.count = Math.min(blockRows, total - first);
  for (let i = 0; i < block.count; i++)
    block.rows[i] = picks === null ? first + i : picks[first + i]!;
  scaleRows(design, scaling, block.rows, 0, block.count, block.x);
}

/** Writes the model's outputs for the block into `z`. @param weights `(width + 2) x outputs` */
export function score(
  design: DesignRows,
  numbers: number,
  codes: number,
  weights: Float64Array,
  outputs: number,
  block: Block,
): void {
  if (outputs === 1) scoreOne(design, numbers, codes, weights, block);
  else scoreMany(design, numbers, codes, weights, outputs, block);
}

function scoreOne(
  design: DesignRows,
  numbers: number,
  codes: number,
  weights: Float64Array,
  { x, z, rows, count }: Block,
): void {
  const listed = design.codes;
  const intercept = weights[weights.length - 1]!;
  for (let i = 0, at = 0; i < count; i++) {
    let sum = intercept;
    let d = 0;
    // Four at a time, so that one addition need not wait for the one before.
    for (; d + 4 <= numbers; d += 4, at += 4) {
      const low = x[at]! * weights[d]! + x[at + 1]! * weights[d + 1]!;
      const high = x[at + 2]! * weights[d + 2]! + x[at + 3]! * weights[d + 3]!;
      sum += low + high;
    }
    for (; d < numbers; d++, at++) sum += x[at]! * weights[d]!;
    const from = rows[i]! * codes;
    for (let c = 0; c < codes; c++) sum += weights[listed[from + c]!]!;
    z[i] = sum;
  }
}

function scoreMany(
  design: DesignRows,
  numbers: number,
  codes: number,
  weights: Float64Array,
  outputs: number,
  { x, z, rows, count }: Block,
): void {
  const listed = design.codes;
  const intercepts = weights.length - outputs;
  for (let i = 0, at = 0; i < count; i++) {
    const to = i * outputs;
    for (let k = 0; k < outputs; k++) z[to + k] = weights[intercepts + k]!;
    let d = 0;
    for (; d + 4 <= numbers; d += 4, at += 4) {
      const x0 = x[at]!;
      const x1 = x[at + 1]!;
      const x2 = x[at + 2]!;
      const x3 = x[at + 3]!;
      for (let k = 0, w = d * outputs; k < outputs; k++, w++) {
        const low = x0 * weights[w]! + x1 * weights[w + outputs]!;
        const high = x2 * weights[w + 2 * outputs]! + x3 * weights[w + 3 * outputs]!;
        z[to + k]! += low + high;
      }
    }
    for (; d < numbers; d++, at++) {
      const value = x[at]!;
      for (let k = 0, w = d * outputs; k < outputs; k++, w++) z[to + k]! += value * weights[w]!;
    }
    const from = rows[i]! * codes;
    for (let c = 0; c < codes; c++) {
      const w = listed[from + c]! * outputs;
      for (let k = 0; k < outputs; k++) z[to + k]! += weights[w + k]!;
    }
  }
}

/** Adds what the residuals in `z` contribute to the gradient; the row of no column collects too. */
export function addGradient(
  design: DesignRows,
  numbers: number,
  codes: number,
  gradient: Float64Array,
  outputs: number,
  block: Block,
): void {
  if (outputs === 1) addOne(design, numbers, codes, gradient, block);
  else addMany(design, numbers, codes, gradient, outputs, block);
}

function addOne(
  design: DesignRows,
  numbers: number,
  codes: number,
  gradient: Float64Array,
  { x, z, rows, count }: Block,
): void {
  const listed = design.codes;
  const intercept = gradient.length - 1;
  for (let i = 0, at = 0; i < count; i++) {
    const residual = z[i]!;
    gradient[intercept]! += residual;
    for (let d = 0; d < numbers; d++, at++) gradient[d]! += residual * x[at]!;
    const from = rows[i]! * codes;
    for (let c = 0; c < codes; c++) gradient[listed[from + c]!]! += residual;
  }
}

function addMany(
  design: DesignRows,
  numbers: number,
  codes: number,
  gradient: Float64Array,
  outputs: number,
  { x, z, rows, count }: Block,
): void {
  const listed = design.codes;
  const intercepts = gradient.length - outputs;
  addNumbers(numbers, gradient, outputs, x, z, count);
  for (let i = 0; i < count; i++) {
    const from = i * outputs;
    for (let k = 0; k < outputs; k++) gradient[intercepts + k]! += z[from + k]!;
    const code = rows[i]! * codes;
    for (let c = 0; c < codes; c++) {
      const g = listed[code + c]! * outputs;
      for (let k = 0; k < outputs; k++) gradient[g + k]! += z[from + k]!;
    }
  }
}

/** The part of the numbers: four rows at a time, so that a sum is fetched once for them. */
function addNumbers(
  numbers: number,
  gradient: Float64Array,
  outputs: number,
  x: Float64Array,
  z: Float64Array,
  count: number,
): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const from = i * outputs;
    for (let d = 0, at = i * numbers, g = 0; d < numbers; d++, at++) {
      const x0 = x[at]!;
      const x1 = x[at + numbers]!;
      const x2 = x[at + 2 * numbers]!;
      const x3 = x[at + 3 * numbers]!;
      for (let k = 0, r = from; k < outputs; k++, r++, g++) {
        const low = x0 * z[r]! + x1 * z[r + outputs]!;
        const high = x2 * z[r + 2 * outputs]! + x3 * z[r + 3 * outputs]!;
        gradient[g]! += low + high;
      }
    }
  }
  for (; i < count; i++) {
    for (let d = 0, at = i * numbers, g = 0; d < numbers; d++, at++) {
      const value = x[at]!;
      for (let k = 0, r = i * outputs; k < outputs; k++, r++, g++) gradient[g]! += value * z[r]!;
    }
  }
}
