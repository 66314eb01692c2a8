/**
 * Fits of linear models on the small data set, and a dense reference to hold them to.
 *
 * The reference encodes rows by itself and minimises by Newton's method with full matrices; it
 * shares no code with the learners.
 */
import type { Frame } from '../../datasets/frame.ts';
import type { Problem } from '../../learners/learner.ts';
import type { LinearLearner } from '../../learners/linear/linear-models.ts';
import type { LinearParams } from '../../learners/linear/linear-params.ts';
import { defaultParams } from '../../learners/params.ts';
import { type Data, makeData, slice } from './forest-fixture.ts';
import { prepareSlices, type Rounds, runRounds } from './rounds-driver.ts';

export type LinearRounds = Rounds<LinearParams, ReturnType<LinearLearner['prepare']>, null>;

/** Frames that cut the rows into so many runs. */
export function cut({ problem, columns }: Data, slices: number): Frame[] {
  const at = (i: number) => Math.floor((i * problem.rows) / slices);
  return Array.from({ length: slices }, (_, i) => slice(columns, at(i), at(i + 1)));
}

export function roundsOf(
  learner: LinearLearner,
  data: Data,
  given: Partial<LinearParams> = {},
  slices = 4,
): LinearRounds {
  const params = { ...defaultParams(learner.params), ...given };
  const frames = cut(data, slices).map((frame) => [frame]);
  const { problem } = data;
  return {
    learner,
    problem,
    params,
    slices: prepareSlices(learner, problem, params, frames),
    roundsMax: 20_000,
  };
}

export function trained(
  learner: LinearLearner,
  data: Data,
  given: Partial<LinearParams> = {},
  slices = 4,
) {
  return runRounds(roundsOf(learner, data, given, slices));
}

/** Rows whose classes overlap, so that the optimum lies at moderate weights. */
export function noisy(kind: Problem['kind'], rows = 400, classes = ['a', 'b', 'c']): Data {
  return makeData(kind, rows, 0.3, classes);
}

/** Dense rows with a last column of ones: numbers standardised, missing 0; one column a level. */
export function denseRows({ problem, columns }: Data): number[][] {
  const rows = Array.from({ length: problem.rows }, (): number[] => []);
  for (const wanted of ['number', 'level']) {
    for (const { name, kind, levels } of problem.features) {
      const column = columns.get(name)!;
      if (column.kind === 'number' && kind === 'number' && wanted === 'number') {
        const known = Array.from(column.values).filter((value) => !Number.isNaN(value));
        const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
        const spread = Math.sqrt(
          known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length,
        );
        rows.forEach((row, i) => {
          const value = (column.values[i]! - mean) / spread;
          row.push(Number.isNaN(value) ? 0 : value);
        });
      } else if (column.kind !== 'text' && column.kind !== 'number' && wanted === 'level') {
        rows.forEach((row, i) => {
          levels!.forEach((_, code) => {
            row.push(column.codes[i] === code ? 1 : 0);
          });
        });
      }
    }
  }
  for (const row of rows) row.push(1);
  return rows;
}

export function targetsOf({ problem, columns }: Data): number[] {
  const column = columns.get(problem.target.name)!;
  if (column.kind === 'text') throw new Error('the target is text');
  return Array.from(column.kind === 'number' ? column.values : column.codes);
}

/**
 * The smallest mean loss plus penalty `l2 / (2 rows)`, and the mean loss alone there.
 * @param outputs 1 for squared and logistic loss, the classes for softmax
 */
export function optimum(data: Data, loss: 'squared' | 'logistic' | 'softmax', l2: number) {
  const x = denseRows(data);
  const y = targetsOf(data);
  const width = x[0]!.length;
  const outputs = loss === 'softmax' ? data.problem.classes.length : 1;
  let w = new Array<number>(width * outputs).fill(0);
  let last = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 100; step++) {
    const { value, gradient, hessian } = derivatives(x, y, w, outputs, loss, l2);
    if (last - value < 1e-14 * Math.abs(value)) break;
    last = value;
    const move = gauss(hessian, gradient);
    w = w.map((weight, i) => weight - move[i]!);
  }
  const { value, mean } = derivatives(x, y, w, outputs, loss, l2);
  return { value, mean, weights: w };
}

function derivatives(
  x: number[][],
  y: number[],
  w: number[],
  outputs: number,
  loss: string,
  l2: number,
) {
  const n = x.length;
  const width = x[0]!.length;
  const size = w.length;
  const gradient = new Array<number>(size).fill(0);
  const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let mean = 0;
  x.forEach((row, r) => {
    const z = Array.from({ length: outputs }, (_, k) =>
      row.reduce((sum, value, j) => sum + value * w[j * outputs + k]!, 0),
    );
    const { cost, slope, curve } = rowLoss(z, y[r]!, loss);
    mean += cost / n;
    for (let j = 0; j < width; j++) {
      for (let k = 0; k < outputs; k++) {
        gradient[j * outputs + k]! += (slope[k]! * row[j]!) / n;
        for (let i = 0; i < width; i++) {
          for (let m = 0; m < outputs; m++) {
            hessian[j * outputs + k]![i * outputs + m]! += (curve[k]![m]! * row[j]! * row[i]!) / n;
          }
        }
      }
    }
  });
  let value = mean;
  for (let i = 0; i < size; i++) {
    // Keeps directions without curvature, such as all intercepts together, where they are.
    hessian[i]![i]! += 1e-10;
    if (i >= size - outputs) continue;
    value += (l2 / n / 2) * w[i]! ** 2;
    gradient[i]! += (l2 / n) * w[i]!;
    hessian[i]![i]! += l2 / n;
  }
  return { value, mean, gradient, hessian };
}

function rowLoss(z: number[], y: number, loss: string) {
  if (loss === 'squared') return { cost: (z[0]! - y) ** 2 / 2, slope: [z[0]! - y], curve: [[1]] };
  if (loss === 'logistic') {
    const p = 1 / (1 + Math.exp(-z[0]!));
    return { cost: -Math.log(y === 1 ? p : 1 - p), slope: [p - y], curve: [[p * (1 - p)]] };
  }
  const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
  const p = z.map((value) => Math.exp(value) / total);
  return {
    cost: -Math.log(p[y]!),
    slope: p.map((value, k) => value - (k === y ? 1 : 0)),
    curve: p.map((a, k) => p.map((b, m) => (k === m ? a : 0) - a * b)),
  };
}

function gauss(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const n = a.length;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i; r < n; r++) if (Math.abs(a[r]![i]!) > Math.abs(a[pivot]![i]!)) pivot = r;
    [a[i], a[pivot]] = [a[pivot]!, a[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = a[r]![i]! / a[i]![i]!;
      for (let c = i; c <= n; c++) a[r]![c]! -= factor * a[i]![c]!;
    }
  }
  const out = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = a[i]![n]!;
    for (let c = i + 1; c < n; c++) rest -= a[i]![c]! * out[c]!;
    out[i] = rest / a[i]![i]!;
  }
  return out;
}
