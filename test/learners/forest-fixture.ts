/**
 * A small data set with every kind of column, and a whole fit in one call.
 */
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import type { RowSplit } from '../../datasets/row-split.ts';
import type { Problem, RowSource } from '../../learners/learner.ts';
import { defaultParams } from '../../learners/params.ts';
import { Xoshiro } from '../../learners/random.ts';
import type { ForestParams } from '../../learners/random-forest/forest-params.ts';
import { randomForest } from '../../learners/random-forest/random-forest.ts';

export const quiet = () => undefined;
export const defaults = defaultParams(randomForest.params);
export const COLOURS = ['blue', 'green', 'red'];
export const FEATURES: readonly ColumnSchema[] = [
  { name: 'size', kind: 'number' },
  { name: 'weight', kind: 'number', storage: 'float32' },
  { name: 'colour', kind: 'category', levels: COLOURS },
  { name: 'new', kind: 'boolean', levels: ['false', 'true'] },
];

export interface Data {
  readonly problem: Problem;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Rows whose target follows from size and colour; some values are missing, `noise` of them wrong. */
export function makeData(
  kind: Problem['kind'],
  rows: number,
  noise = 0,
  classes = ['a', 'b', 'c'],
): Data {
  const random = new Xoshiro(5);
  const unit = () => random.next() / 2 ** 32;
  const size = new Float64Array(rows);
  const weight = new Float32Array(rows);
  const colour = new Int32Array(rows);
  const fresh = new Int32Array(rows);
  const code = new Int32Array(rows);
  const value = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    size[i] = unit() < 0.1 ? Number.NaN : unit() * 10;
    weight[i] = unit() * 100;
    colour[i] = random.below(4) - 1;
    fresh[i] = random.below(2);
    const big = Number.isNaN(size[i]) ? 1 : size[i]! > 6 ? 2 : 0;
    const wrong = unit() < noise;
    code[i] = wrong
      ? random.below(classes.length)
      : (big + (colour[i] === 2 ? 1 : 0)) % classes.length;
    value[i] = 1000 + 3 * big + colour[i]! + (wrong ? unit() : 0);
  }
  const columns = new Map<string, Column>([
    ['size', { kind: 'number', values: size }],
    ['weight', { kind: 'number', values: weight }],
    ['colour', { kind: 'category', codes: colour }],
    ['new', { kind: 'boolean', codes: fresh }],
    [
      'target',
      kind === 'regression' ? { kind: 'number', values: value } : { kind: 'category', codes: code },
    ],
  ]);
  const target: ColumnSchema =
    kind === 'regression'
      ? { name: 'target', kind: 'number' }
      : { name: 'target', kind: 'category', levels: classes };
  const names = kind === 'regression' ? [] : classes;
  return { problem: { kind, features: FEATURES, target, classes: names, rows, seed: 9 }, columns };
}

export function slice(columns: ReadonlyMap<string, Column>, from: number, to: number): Frame {
  const sliced = new Map<string, Column>();
  for (const [name, column] of columns) {
    if (column.kind === 'number') {
      sliced.set(name, { kind: 'number', values: column.values.slice(from, to) });
    } else if (column.kind !== 'text') {
      sliced.set(name, { kind: column.kind, codes: column.codes.slice(from, to) });
    }
  }
  return { rows: to - from, firstRow: from, columns: sliced };
}

export function sourceOf(
  { problem, columns }: Data,
  cuts: readonly number[] = [],
  split: RowSplit = { kind: 'all' },
): RowSource {
  const bounds = [0, ...cuts, problem.rows];
  return {
    split,
    *frames() {
      for (let i = 0; i + 1 < bounds.length; i++) yield slice(columns, bounds[i]!, bounds[i + 1]!);
    },
  };
}

export function fitForest(data: Data, params: ForestParams, source = sourceOf(data)): Uint8Array {
  const prepared = randomForest.prepare(data.problem, params, source, quiet);
  const tasks = randomForest.taskCount(data.problem, params);
  const parts = Array.from({ length: tasks }, (_, task) =>
    randomForest.train(data.problem, params, prepared, task, quiet),
  );
  return randomForest.merge(data.problem, params, parts);
}
